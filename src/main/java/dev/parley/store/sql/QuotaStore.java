package dev.parley.store.sql;

import dev.parley.session.Quota;
import dev.parley.session.SignalingException.NamespaceFull;
import dev.parley.store.Statements.Sql;
import java.sql.SQLException;

/**
 * Enforces the {@link Quota} of each namespace. The charge of a session is in its row, and the sums of a namespace in a row of their
 * own; a trigger returns the charge of a deleted session, whoever deletes it. So nothing is counted twice or forgotten, and a session
 * from before there was a quota is not counted at all.
 *
 * <p>A charge is one guarded statement, whose update count decides. It locks the row of its namespace until COMMIT and is the last
 * statement of a transaction, so of many calls that race for the last place exactly one succeeds.
 */
final class QuotaStore {
    /** Maximum expired sessions that one call at the limit deletes. */
    private static final int FREED_MAX = 100;

    private static final Sql EXCEEDED = new Sql("quota-exceeded", """
            SELECT 1 FROM namespaces WHERE namespace = ? AND (sessions + ? > ? OR bytes + ? > ?)""");

    // The expression keeps the engine at the index by expiry: few sessions are expired, while the namespace may be
    // large.
    private static final Sql FREE = new Sql("quota-free", """
            WITH expired AS MATERIALIZED (SELECT id FROM sessions WHERE expires_at <= ? AND namespace || '' = ?
                                          ORDER BY expires_at LIMIT ? FOR UPDATE SKIP LOCKED)
            DELETE FROM sessions WHERE id IN (SELECT id FROM expired)""");

    private static final Sql ADD_SESSION = new Sql("quota-add-session", """
            INSERT INTO namespaces (namespace, sessions, bytes) VALUES (?, 1, ?)
            ON CONFLICT (namespace) DO UPDATE
            SET sessions = namespaces.sessions + 1, bytes = namespaces.bytes + excluded.bytes
            WHERE namespaces.sessions < ? AND namespaces.bytes + excluded.bytes <= ?""");

    private static final Sql ADD_BYTES = new Sql("quota-add-bytes", """
            UPDATE namespaces SET bytes = bytes + ? WHERE namespace = ? AND bytes + ? <= ?""");

    private static final Sql CHARGE = new Sql("quota-charge", """
            UPDATE sessions SET charge = COALESCE(charge, 0) + ?
            WHERE namespace = ? AND code = ? AND (charge IS NOT NULL OR ? = 1)""");

    private final Quota quota;

    QuotaStore(Quota quota) {
        this.quota = quota;
    }

    /** Whether there is room for another session of {@code bytes}. At the limit, expired sessions are deleted first: they do not count. */
    boolean hasRoomForSession(SessionTransaction tx, long bytes) throws SQLException {
        return quota.isNone() || hasRoom(tx, 1, bytes) || (free(tx) > 0 && hasRoom(tx, 1, bytes));
    }

    /** Whether the namespace has room for {@code bytes} more. */
    boolean hasRoom(SessionTransaction tx, long bytes) throws SQLException {
        return quota.isNone() || bytes == 0 || hasRoom(tx, 0, bytes);
    }

    /** Checked before a change: a refusal that has changed nothing spares the other work of a batch a second run. */
    private boolean hasRoom(SessionTransaction tx, int sessions, long bytes) throws SQLException {
        return bytes <= quota.bytesMax()
                && tx.call(EXCEEDED)
                                .bind(tx.key().namespace().name())
                                .bind(sessions)
                                .bind(sessions == 0 ? Long.MAX_VALUE : quota.sessionsMax())
                                .bind(bytes)
                                .bind(quota.bytesMax())
                                .first(row -> true)
                        == null;
    }

    private static int free(SessionTransaction tx) throws SQLException {
        return tx.call(FREE)
                .bind(tx.now())
                .bind(tx.key().namespace().name())
                .bind(FREED_MAX)
                .update();
    }

    /**
     * Charges a session that was opened in this transaction.
     *
     * @throws NamespaceFull if another transaction took the last place; what this one has changed must be rolled back
     */
    void chargeSession(SessionTransaction tx, long bytes) throws SQLException {
        if (quota.isNone()) {
            return;
        }
        charge(tx, bytes, true);
        requireRoom(tx.call(ADD_SESSION)
                .bind(tx.key().namespace().name())
                .bind(bytes)
                .bind(quota.sessionsMax())
                .bind(quota.bytesMax())
                .update());
    }

    /** The same for what was added to a session in this transaction. */
    void charge(SessionTransaction tx, long bytes) throws SQLException {
        if (quota.isNone() || bytes == 0 || !charge(tx, bytes, false)) {
            return;
        }
        requireRoom(tx.call(ADD_BYTES)
                .bind(bytes)
                .bind(tx.key().namespace().name())
                .bind(bytes)
                .bind(quota.bytesMax())
                .update());
    }

    /** Returns whether the session is one that counts. */
    private static boolean charge(SessionTransaction tx, long bytes, boolean opened) throws SQLException {
        return tx.call(CHARGE).bind(bytes).bind(tx.key()).bind(opened ? 1 : 0).update() == 1;
    }

    private static void requireRoom(int rows) {
        if (rows == 0) {
            throw new NamespaceFull();
        }
    }
}
