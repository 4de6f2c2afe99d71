package dev.parley.store.sql;

import dev.parley.session.Code;
import dev.parley.session.Event;
import dev.parley.session.Lease;
import dev.parley.session.Namespace;
import dev.parley.session.SessionKey;
import dev.parley.session.TokenHash;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The leases of sessions. A transaction that takes a lease or closes a session locks the session before the lease, so that the two exclude
 * each other: whichever is second finds the session gone, or the lease taken. The end of a holder changes leases only; it names the holder,
 * so it does not affect a lease that another one has taken.
 */
public final class LeaseStore {
    private static final Sql LOCK =
            new Sql("lease-lock", "SELECT id FROM sessions WHERE %s FOR UPDATE".formatted(SessionTransaction.LIVE));

    private static final Sql TAKE = new Sql("lease-take", """
            INSERT INTO leases (session_id, holder, node, duration)
            SELECT id, ?, ?, ? FROM sessions WHERE %s AND offerer_token = ?
            ON CONFLICT (session_id) DO UPDATE
            SET holder = excluded.holder, node = excluded.node, duration = excluded.duration, ends_at = NULL
            """.formatted(SessionTransaction.LIVE));

    private static final Sql REGISTER =
            new Sql("lease-register", "INSERT INTO lease_nodes (id, beats) VALUES (?, 0) ON CONFLICT (id) DO NOTHING");

    private static final Sql BEAT = new Sql("lease-beat", """
            INSERT INTO lease_nodes (id, beats) VALUES (?, 0)
            ON CONFLICT (id) DO UPDATE SET beats = lease_nodes.beats + 1""");

    // Not only where ends_at is null: on PostgreSQL that would miss a lease that is resumed at the same time.
    private static final Sql END = new Sql("lease-end", """
            UPDATE leases SET ends_at = COALESCE(ends_at, ? + duration) WHERE holder = ? RETURNING duration""");

    private static final Sql ENDED =
            new Sql("lease-ended", "SELECT DISTINCT holder FROM leases WHERE node = ? AND ends_at IS NOT NULL");

    private static final Sql RESUME = new Sql("lease-resume", "UPDATE leases SET ends_at = NULL WHERE holder = ?");

    private static final Sql NODES = new Sql("lease-nodes", "SELECT id, beats FROM lease_nodes WHERE id <> ?");

    private static final Sql FORGET_NODE =
            new Sql("lease-forget-node", "DELETE FROM lease_nodes WHERE id = ? AND beats = ?");

    private static final Sql END_OF_NODE =
            new Sql("lease-end-of-node", "UPDATE leases SET ends_at = ? + duration WHERE node = ? AND ends_at IS NULL");

    private static final Sql OVERDUE =
            new Sql("lease-overdue", "SELECT session_id FROM leases WHERE ends_at <= ? ORDER BY ends_at LIMIT 1");

    // Sessions that other transactions have locked are skipped, such as those whose lease is taken over now.
    private static final Sql CLOSE = new Sql("lease-close", """
            WITH due AS MATERIALIZED (SELECT s.id FROM leases l JOIN sessions s ON s.id = l.session_id
                                      WHERE l.ends_at <= ? ORDER BY l.ends_at LIMIT ?
                                      FOR UPDATE SKIP LOCKED)
            DELETE FROM sessions WHERE id IN (SELECT id FROM due)
            RETURNING id, COALESCE(incarnation, created_at), seq, generation, expires_at, topic, namespace, code""");

    private LeaseStore() {}

    /**
     * The node of a holder will have leases; the first statement of a transaction that takes one. Locks nothing of a node that is
     * registered.
     */
    public static void register(Statements tx, long node) throws SQLException {
        tx.call(REGISTER).bind(node).update();
    }

    /** Gives the lease of a live session to {@code lease}'s holder; false, and nothing, unless {@code token} is the offerer's. */
    public static boolean take(SessionTransaction tx, TokenHash token, Lease lease) throws SQLException {
        if (tx.statements().hasRowLocks()) {
            tx.live(tx.call(LOCK)).first(row -> true);
        }
        Statements.Call take = tx.call(TAKE)
                .bind(lease.holder())
                .bind(lease.node())
                .bind(lease.duration().toMillis());
        return tx.live(take).bind(token.bytes()).update() == 1;
    }

    /** The holder is gone since {@code now}, or earlier; returns the time of each lease that it had. */
    public static List<Duration> end(Statements tx, long holder, Instant now) throws SQLException {
        return tx.call(END).bind(now).bind(holder).listReturning(row -> Duration.ofMillis(row.getLong(1)));
    }

    /** The node is alive. */
    public static void beat(Statements tx, long node) throws SQLException {
        tx.call(BEAT).bind(node).update();
    }

    /** The holders of a node with leases that end. */
    public static List<Long> ended(Statements tx, long node) throws SQLException {
        return tx.call(ENDED).bind(node).list(row -> row.getLong(1));
    }

    /** The holder is not gone. */
    public static void resume(Statements tx, long holder) throws SQLException {
        tx.call(RESUME).bind(holder).update();
    }

    /** The counter of each node but {@code own}. */
    public static Map<Long, Long> otherNodes(Statements node, long own) throws SQLException {
        return node.call(NODES).bind(own).all(rows -> {
            var beats = new HashMap<Long, Long>();
            while (rows.next()) {
                beats.put(rows.getLong(1), rows.getLong(2));
            }
            return beats;
        });
    }

    /** The holders of a node are gone since {@code now}, unless its counter is not {@code beats}. */
    public static void endOfNode(Statements tx, long node, long beats, Instant now) throws SQLException {
        if (tx.call(FORGET_NODE).bind(node).bind(beats).update() == 1) {
            tx.call(END_OF_NODE).bind(now).bind(node).update();
        }
    }

    /** Whether a lease has ended whose session is not closed. */
    public static boolean isOverdue(Statements node, Instant now) throws SQLException {
        return node.call(OVERDUE).bind(now).first(row -> true) != null;
    }

    /** A session that was closed, with its last event. */
    public record ClosedSession(SessionKey key, Change change) {}

    /** Closes at most {@code limit} sessions whose lease has ended. */
    public static List<ClosedSession> closeOverdue(Statements tx, Instant now, int limit) throws SQLException {
        List<ClosedSession> found = tx.call(CLOSE).bind(now).bind(limit).listReturning(LeaseStore::closed);
        for (ClosedSession closed : found) {
            SessionStore.retainLast(new SessionTransaction(tx, closed.key, now), closed.change.row());
        }
        return found;
    }

    private static ClosedSession closed(ResultSet row) throws SQLException {
        RowVersion version = SessionReads.version(row);
        RowVersion last = version.at(version.seq() + 1);
        List<Event> events = List.of(new Event.Closed(last.seq(), last.generation()));
        var key = new SessionKey(new Namespace(row.getString(7)), new Code(row.getString(8)));
        return new ClosedSession(key, new Change(last, row.getString(6), events));
    }
}
