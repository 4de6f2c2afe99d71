package dev.parley.store.sql;

import dev.parley.session.Code;
import dev.parley.session.Namespace;
import dev.parley.session.Quota;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException;
import dev.parley.store.Sql;
import dev.parley.store.Statements;
import dev.parley.store.crypto.PayloadCodec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads sessions with all their events as peers would, to find damaged rows and payloads that the keys do not decrypt. The engines'
 * own checks find neither: a flipped bit inside a value leaves the page valid.
 */
public final class RowCheck {
    /** Reads all rows. */
    public static final Duration UNLIMITED = Duration.ofNanos(Long.MAX_VALUE);

    private static final int PAGE = 200;

    private static final Sql SESSIONS = new Sql("row-check", """
            SELECT id, namespace, code, topic, peer_id, tags, incarnation, created_at, expires_at, checksum
            FROM sessions
            WHERE id > ? AND expires_at > ?
            ORDER BY id LIMIT ?""");

    /**
     * The result of the check.
     *
     * @param sessions number of sessions read
     * @param damaged number of those that cannot be read
     * @param first the first damaged row; null if there is none
     * @param complete whether the time was sufficient for all
     */
    public record Result(
            long sessions, long damaged, @Nullable String first, boolean complete) {}

    private final Statements reader;
    private final SessionStore store;
    private final Instant now;
    private long sessions;
    private long damaged;
    private long last;
    private @Nullable String first;

    private RowCheck(Statements reader, PayloadCodec codec, Instant now) {
        this.reader = reader;
        this.store = new SessionStore(codec, Quota.NONE);
        this.now = now;
    }

    /** Reads the sessions that have not expired at {@code now}, for at most {@code timeMax}. */
    public static Result of(Statements reader, PayloadCodec codec, Instant now, Duration timeMax) throws SQLException {
        return new RowCheck(reader, codec, now).result(timeMax);
    }

    private Result result(Duration timeMax) throws SQLException {
        long began = System.nanoTime();
        boolean complete = false;
        while (!complete && System.nanoTime() - began < timeMax.toNanos()) {
            List<Row> page = reader.call(SESSIONS)
                    .bind(last)
                    .bind(now.toEpochMilli())
                    .bind(PAGE)
                    .all(RowCheck::page);
            for (Row row : page) {
                check(row);
            }
            complete = page.size() < PAGE;
        }
        return new Result(sessions, damaged, first, complete);
    }

    private void check(Row row) throws SQLException {
        last = row.id;
        sessions++;
        try {
            if (row.read != null) {
                Checksum.requireOfSession(row.read, row.made, row.id);
            }
            var key = new SessionKey(new Namespace(row.namespace), new Code(row.code));
            store.events(reader, key, 0, Integer.MAX_VALUE, now);
        } catch (RowDamaged e) {
            found(String.valueOf(e.getMessage()));
        } catch (SignalingException e) {
            found("the session with the id " + row.id + ": " + e.detail());
        }
    }

    private void found(String what) {
        damaged++;
        first = first == null ? what : first;
    }

    /**
     * A session's row.
     *
     * @param read its stored checksum
     * @param made the checksum of its content
     */
    private record Row(
            long id,
            String namespace,
            String code,
            @Nullable Long read,
            long made) {}

    private static List<Row> page(ResultSet rows) throws SQLException {
        var page = new ArrayList<Row>();
        while (rows.next()) {
            long incarnation = rows.getLong(7);
            boolean hasIncarnation = !rows.wasNull();
            long read = rows.getLong(10);
            boolean hasChecksum = !rows.wasNull();
            String code = rows.getString(3);
            page.add(new Row(
                    rows.getLong(1),
                    rows.getString(2),
                    code,
                    hasChecksum ? read : null,
                    Checksum.ofSession(
                            code,
                            rows.getString(4),
                            rows.getString(5),
                            rows.getString(6),
                            hasIncarnation ? incarnation : null,
                            Instant.ofEpochMilli(rows.getLong(8)),
                            Instant.ofEpochMilli(rows.getLong(9)))));
        }
        return page;
    }
}
