package dev.parley.store.sql;

import dev.parley.session.Namespace;
import dev.parley.session.Quota;
import dev.parley.session.SessionKey;
import dev.parley.store.Sql;
import dev.parley.store.Statements;
import java.sql.SQLException;
import java.time.Instant;

/**
 * Holds each namespace to its {@link Quota}. What a session was charged stands in its row, and the sums of a
 * namespace in a row of their own; a trigger gives back what a deleted session was charged, whoever deletes it. So nothing is ever
 * counted twice or forgotten, and a session from before there was a quota is not counted at all.
 *
 * <p>A charge is one guarded statement, and whether it hit decides. It locks the row of its namespace until COMMIT and is the last
 * statement of a transaction, so that of many calls that race for the last place one has it.
 */
public final class QuotaStore {
    /** Expired sessions that one call at the limit deletes, at most. */
    private static final int FREED_MAX = 100;

    private static final Sql FITS = new Sql("quota-fits", """
            SELECT 1 FROM namespaces WHERE namespace = ? AND (sessions + ? > ? OR bytes + ? > ?)""");

    // The expression keeps the engine at the index by expiry: few are expired, while the namespace may be large.
    private static final Sql FREE = free("quota-free", "");
    private static final Sql FREE_AMONG_WRITERS = free("quota-free-among-writers", "FOR UPDATE SKIP LOCKED");

    private static Sql free(String name, String locking) {
        return new Sql(name, """
                WITH expired AS MATERIALIZED (SELECT id FROM sessions WHERE expires_at <= ? AND namespace || '' = ?
                                              ORDER BY expires_at LIMIT ? %s)
                DELETE FROM sessions WHERE id IN (SELECT id FROM expired)""".formatted(locking));
    }

    private static final Sql OPEN = new Sql("quota-open", """
            INSERT INTO namespaces (namespace, sessions, bytes) VALUES (?, 1, ?)
            ON CONFLICT (namespace) DO UPDATE
            SET sessions = namespaces.sessions + 1, bytes = namespaces.bytes + excluded.bytes
            WHERE namespaces.sessions < ? AND namespaces.bytes + excluded.bytes <= ?""");

    private static final Sql ADD = new Sql("quota-add", """
            UPDATE namespaces SET bytes = bytes + ? WHERE namespace = ? AND bytes + ? <= ?""");

    private static final Sql NOTE = new Sql("quota-note", """
            UPDATE sessions SET charge = COALESCE(charge, 0) + ?
            WHERE namespace = ? AND code = ? AND (charge IS NOT NULL OR ? = 1)""");

    private final Quota quota;

    public QuotaStore(Quota quota) {
        this.quota = quota;
    }

    /**
     * Whether the namespace has room for another session of {@code bytes}. At the limit, sessions that have expired and were not
     * swept yet are deleted first: they count no more.
     */
    public boolean hasRoomForSession(Statements tx, Namespace namespace, long bytes, Instant now) throws SQLException {
        return quota.isNone()
                || fits(tx, namespace, 1, bytes)
                || (free(tx, namespace, now) > 0 && fits(tx, namespace, 1, bytes));
    }

    /** Whether the namespace has room for {@code bytes} more. */
    public boolean hasRoom(Statements tx, Namespace namespace, long bytes) throws SQLException {
        return quota.isNone() || bytes == 0 || fits(tx, namespace, 0, bytes);
    }

    /** What is asked for first: refusing before anything has changed spares the others of a batch a second run. */
    private boolean fits(Statements tx, Namespace namespace, int sessions, long bytes) throws SQLException {
        return bytes <= quota.bytesMax()
                && tx.call(FITS)
                                .bind(namespace.name())
                                .bind(sessions)
                                .bind(sessions == 0 ? Long.MAX_VALUE : quota.sessionsMax())
                                .bind(bytes)
                                .bind(quota.bytesMax())
                                .first(row -> true)
                        == null;
    }

    private static int free(Statements tx, Namespace namespace, Instant now) throws SQLException {
        return tx.call(tx.isAmongWriters() ? FREE_AMONG_WRITERS : FREE)
                .bind(now.toEpochMilli())
                .bind(namespace.name())
                .bind(FREED_MAX)
                .update();
    }

    /** Charges the session that was opened just now, or returns false where another took the last place meanwhile. */
    public boolean chargeSession(Statements tx, SessionKey key, long bytes) throws SQLException {
        if (quota.isNone()) {
            return true;
        }
        note(tx, key, bytes, true);
        return tx.call(OPEN)
                        .bind(key.namespace().name())
                        .bind(bytes)
                        .bind(quota.sessionsMax())
                        .bind(quota.bytesMax())
                        .update()
                == 1;
    }

    /** Charges a session for what was added to it just now, or returns false where others took the room meanwhile. */
    public boolean charge(Statements tx, SessionKey key, long bytes) throws SQLException {
        if (quota.isNone() || bytes == 0 || !note(tx, key, bytes, false)) {
            return true;
        }
        return tx.call(ADD)
                        .bind(bytes)
                        .bind(key.namespace().name())
                        .bind(bytes)
                        .bind(quota.bytesMax())
                        .update()
                == 1;
    }

    /** Returns whether the session is one that counts. */
    private static boolean note(Statements tx, SessionKey key, long bytes, boolean fresh) throws SQLException {
        return tx.call(NOTE)
                        .bind(bytes)
                        .bind(key.namespace().name())
                        .bind(key.code().text())
                        .bind(fresh ? 1 : 0)
                        .update()
                == 1;
    }
}
