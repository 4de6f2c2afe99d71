/**
 * WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): an encoder or a player meets a browser, which answers a session with the tag
 * {@code whip} or {@code whep} under a topic.
 *
 * <p>Start with {@link dev.parley.http.whip.WhipResource}. {@link dev.parley.http.whip.Answers} delays the reply to an offer until it is
 * answered, and closes the session if it is not.
 */
@NullMarked
package dev.parley.http.whip;

import org.jspecify.annotations.NullMarked;
