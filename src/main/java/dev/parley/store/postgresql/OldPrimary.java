package dev.parley.store.postgresql;

import java.sql.SQLException;

/** A server takes writes that must get none: it is not on the newest timeline of its cluster, or not the only one there. */
public final class OldPrimary extends SQLException {
    private static final long serialVersionUID = 1;

    OldPrimary(String message) {
        super(message, PostgresFailure.OLD_PRIMARY);
    }
}
