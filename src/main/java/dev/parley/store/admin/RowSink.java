package dev.parley.store.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Receives the result of a {@link ReadOnlyQuery} row by row. */
public interface RowSink {
    /** Receives the names of the columns, before the first row. */
    default void columns(List<String> names) {}

    /**
     * Receives one row: text, numbers, null, and {@code byte[]} for binary values.
     *
     * @return whether further rows are wanted
     */
    boolean row(List<@Nullable Object> values);
}
