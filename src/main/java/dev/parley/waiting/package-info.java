/**
 * Which requests wait for which session, and their wake-up after a commit.
 *
 * <p>Start with {@link dev.parley.waiting.WaitRegistry}. A request registers and then checks its session once more, so that no commit
 * between its last read and its registration is missed. A wake-up carries no data: the woken request reads the store, and a
 * superfluous wake-up is harmless. A waiting request costs some memory and a timer, but no thread and no connection.
 */
@NullMarked
package dev.parley.waiting;

import org.jspecify.annotations.NullMarked;
