package dev.parley.ops.command;

import dev.parley.store.Answer;
import org.jspecify.annotations.Nullable;

/** An answer as it is printed. */
interface Sheet extends Answer {
    /** There are no more rows. */
    void end();

    /** A binary value by its length: it may be the hash of a secret. */
    static @Nullable Object shown(@Nullable Object value) {
        return value instanceof byte[] bytes ? "<" + bytes.length + " bytes>" : value;
    }
}
