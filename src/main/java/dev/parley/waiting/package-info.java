/**
 * Which requests wait for which session or topic, and their wake-up after a commit.
 *
 * <p>Start with {@link dev.parley.waiting.WaitRegistry}. A request registers and then checks its session once more, so that no commit
 * between its last read and its registration is missed. A commit of this process brings its events; a request uses them if they
 * continue what it has, and else reads the store, as after a wake-up, which carries no data. So a superfluous, lost or late one is
 * harmless. A waiting request costs some memory and a timer, but no thread and no connection. Requests that wait for a topic share one
 * list, which is woken instead of them.
 */
@NullMarked
package dev.parley.waiting;

import org.jspecify.annotations.NullMarked;
