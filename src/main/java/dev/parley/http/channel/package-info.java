/**
 * The channel: all operations of the native API over one WebSocket (RFC 6455), with events pushed. Start with {@link
 * dev.parley.http.channel.Channels}, which accepts connections; {@link dev.parley.http.channel.Operations} runs what they request.
 */
@NullMarked
package dev.parley.http.channel;

import org.jspecify.annotations.NullMarked;
