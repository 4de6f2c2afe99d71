package dev.parley.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hears the answer to a {@link Question}, row by row. */
public interface Answer {
    /** The names of the columns, before the first row. */
    void columns(List<String> names);

    /**
     * One row: text, numbers, null, and {@code byte[]} for binary values.
     *
     * @return whether to go on
     */
    boolean row(List<@Nullable Object> values);
}
