package dev.parley.store.sql;

import dev.parley.session.Session.SessionVersion;
import java.time.Instant;

/**
 * The row of a session that a guarded statement changed; it stays locked until COMMIT.
 *
 * @param incarnation as in {@link SessionVersion}
 * @param seq the number of the latest event after the change
 */
public record RowVersion(long id, long incarnation, long seq, int generation, Instant expiresAt) {
    RowVersion at(long other) {
        return new RowVersion(id, incarnation, other, generation, expiresAt);
    }

    public SessionVersion version() {
        return new SessionVersion(incarnation, seq, expiresAt);
    }
}
