package dev.parley.cli;

import dev.parley.store.admin.RowSink;
import org.jspecify.annotations.Nullable;

/** An answer as it is printed. */
interface Sheet extends RowSink {
    /** There are no more rows. */
    void end();

    /** A binary value by its length: it may be the hash of a secret. */
    static @Nullable Object shown(@Nullable Object value) {
        return value instanceof byte[] bytes ? "<" + bytes.length + " bytes>" : value;
    }
}
