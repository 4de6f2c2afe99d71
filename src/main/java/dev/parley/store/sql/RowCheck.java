package dev.parley.store.sql;

import dev.parley.config.InvalidConfiguration;
import dev.parley.session.Code;
import dev.parley.session.Namespace;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException;
import dev.parley.store.Sql;
import dev.parley.store.Statements;
import dev.parley.store.admin.Finding;
import dev.parley.store.crypto.PayloadEncryption;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads sessions with all their events as peers would, to find rows that are damaged and payloads that the keys do not open. The
 * engines' own checks find neither: a bit that rots inside a value breaks no page.
 */
public final class RowCheck {
    /** For those who wait for all rows. */
    public static final Duration UNLIMITED = Duration.ofNanos(Long.MAX_VALUE);

    private static final Duration EXAMINATION_MAX = Duration.ofSeconds(10);
    private static final int PAGE = 200;

    private static final Sql SESSIONS = new Sql("row-check", """
            SELECT id, namespace, code, topic, peer_id, tags, incarnation, created_at, expires_at, checksum
            FROM sessions
            WHERE id > ? AND expires_at > ?
            ORDER BY id LIMIT ?""");

    /**
     * What the check found.
     *
     * @param sessions how many were read
     * @param damaged how many of them cannot be read
     * @param first the first damaged row; null where there is none
     * @param complete whether the time was enough for all
     */
    public record Result(
            long sessions, long damaged, @Nullable String first, boolean complete) {}

    private final Statements reader;
    private final Instant now;
    private long sessions;
    private long damaged;
    private long last;
    private @Nullable String first;

    private RowCheck(Statements reader, Instant now) {
        this.reader = reader;
        this.now = now;
    }

    /** Reads the sessions that have not expired at {@code now}, for as long as {@code timeMax}. */
    public static Result of(Statements reader, Instant now, Duration timeMax) throws SQLException {
        return new RowCheck(reader, now).result(timeMax);
    }

    /** The findings of an examination: whether a server would accept the keys, and what the rows hold. */
    public static List<Finding> findings(Statements reader, Supplier<PayloadEncryption> keys, Instant now)
            throws SQLException {
        var findings = new ArrayList<Finding>();
        try {
            PayloadEncryption secrecy = keys.get();
            findings.add(Finding.ok("encryption", secrecy.examine(reader)));
            reader.sealing(secrecy);
        } catch (InvalidConfiguration e) {
            findings.add(Finding.fault(
                    "encryption",
                    String.valueOf(e.getMessage()),
                    "The service does not start so; set the key that the store was encrypted with."));
            return findings;
        }
        Result rows = of(reader, now, EXAMINATION_MAX);
        String read = rows.sessions + " live sessions read"
                + (rows.complete ? "" : ", as many as " + EXAMINATION_MAX.toSeconds() + " s allow");
        findings.add(
                rows.first == null
                        ? Finding.ok("rows", read + ", none damaged")
                        : Finding.fault(
                                "rows",
                                read + ", " + rows.damaged + " damaged; the first: " + rows.first,
                                "Requests for them get 503 until they expire. Check the disk and the memory of the machine."));
        return findings;
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
            new SessionStore().events(reader, key, 0, Integer.MAX_VALUE, now);
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
     * @param read the checksum that it has
     * @param made the checksum that its content has
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
