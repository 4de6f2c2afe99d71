/**
 * Who waits for which session, and the wake-up after a commit.
 *
 * <p>{@link dev.parley.waiting.WaitRegistry} is where to start. Whoever waits takes a place in it and then looks once more, so that a commit
 * between its last look and its place is not missed; whoever has committed something tells it. A wake-up carries no news, it
 * makes the waiter look: what is told was read from the store, and a wake-up too many does no harm. A place costs some memory
 * and a timer, and neither a thread nor a connection.
 */
@NullMarked
package dev.parley.waiting;

import org.jspecify.annotations.NullMarked;
