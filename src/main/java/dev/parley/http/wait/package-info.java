/** Replies that wait for events: long polls and event streams. Start with {@link dev.parley.http.wait.LongPoll}. */
@NullMarked
package dev.parley.http.wait;

import org.jspecify.annotations.NullMarked;
