package dev.parley.store.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hears the answer to a {@link ReadOnlyQuery}, row by row. */
public interface RowSink {
    /** The names of the columns, before the first row. */
    void columns(List<String> names);

    /**
     * One row: text, numbers, null, and {@code byte[]} for binary values.
     *
     * @return whether to go on
     */
    boolean row(List<@Nullable Object> values);
}
