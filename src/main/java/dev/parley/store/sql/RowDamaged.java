package dev.parley.store.sql;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import java.sql.SQLException;

/** A row is not as it was written. To each engine it is what the engine itself says of a page that it finds broken. */
public final class RowDamaged extends SQLException {
    private static final long serialVersionUID = 1;

    private static final String PG_DATA_CORRUPTED = "XX001";
    private static final int SQLITE_CORRUPT = 11;

    public RowDamaged(String why) {
        super("a row of the store is damaged: " + why, PG_DATA_CORRUPTED, SQLITE_CORRUPT);
        counter().increment();
    }

    /** Shows the count before there is a damaged row; otherwise an alert would not see it rise to one. */
    public static void begin() {
        counter();
    }

    private static Counter counter() {
        return Counter.builder("parley.damaged.rows")
                .description("Reads that met a row that is not as it was written")
                .register(Metrics.globalRegistry);
    }
}
