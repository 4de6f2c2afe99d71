package dev.parley.store.sql;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import java.sql.SQLException;

/** A row is not as it was written. It has the error codes with which each engine reports a damaged page. */
public final class RowDamaged extends SQLException {
    private static final long serialVersionUID = 1;

    private static final String PG_DATA_CORRUPTED = "XX001";
    private static final int SQLITE_CORRUPT = 11;

    public RowDamaged(String why) {
        super("a row of the store is damaged: " + why, PG_DATA_CORRUPTED, SQLITE_CORRUPT);
        counter().increment();
    }

    /** Registers the counter at zero; otherwise an alert would not see it rise to one. */
    public static void begin() {
        counter();
    }

    private static Counter counter() {
        return Counter.builder("parley.damaged.rows")
                .description("Reads that found a damaged row")
                .register(Metrics.globalRegistry);
    }
}
