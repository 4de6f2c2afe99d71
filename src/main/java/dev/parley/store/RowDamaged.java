package dev.parley.store;

import java.sql.SQLException;

/** A row is not as it was written. To each engine it is what the engine itself says of a page that it finds broken. */
public final class RowDamaged extends SQLException {
    private static final long serialVersionUID = 1;

    private static final String PG_DATA_CORRUPTED = "XX001";
    private static final int SQLITE_CORRUPT = 11;

    RowDamaged(String why) {
        super("a row of the store is damaged: " + why, PG_DATA_CORRUPTED, SQLITE_CORRUPT);
    }
}
