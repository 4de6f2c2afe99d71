package dev.parley.store.sql;

import dev.parley.session.Code;
import dev.parley.session.Namespace;
import dev.parley.session.Quota;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import dev.parley.store.crypto.PayloadCodec;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
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
            SELECT id, namespace, code FROM sessions WHERE id > ? AND expires_at > ? ORDER BY id LIMIT ?""");

    private static final Sql EXISTS = new Sql("row-check-exists", "SELECT 1 FROM sessions WHERE id = ?");

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

    private record Row(long id, String namespace, String code) {}

    private RowCheck() {}

    /** Reads the sessions that have not expired at {@code now}, for at most {@code timeMax}. */
    public static Result of(Statements reader, PayloadCodec codec, Instant now, Duration timeMax) throws SQLException {
        var store = new SessionStore(codec, Quota.NONE);
        long began = System.nanoTime();
        long sessions = 0;
        long damaged = 0;
        String first = null;
        long last = 0;
        boolean complete = false;
        while (!complete && System.nanoTime() - began < timeMax.toNanos()) {
            List<Row> page = reader.call(SESSIONS)
                    .bind(last)
                    .bind(now)
                    .bind(PAGE)
                    .list(row -> new Row(row.getLong(1), row.getString(2), row.getString(3)));
            for (Row row : page) {
                last = row.id;
                sessions++;
                String damage = damage(reader, store, row, now);
                damaged += damage == null ? 0 : 1;
                first = first == null ? damage : first;
            }
            complete = page.size() < PAGE;
        }
        return new Result(sessions, damaged, first, complete);
    }

    private static @Nullable String damage(Statements reader, SessionStore store, Row row, Instant now)
            throws SQLException {
        try {
            var key = new SessionKey(new Namespace(row.namespace), new Code(row.code));
            boolean found = store.session(reader, key, now).isPresent();
            store.events(reader, key, 0, Integer.MAX_VALUE, now);
            return found || reader.call(EXISTS).bind(row.id).first(any -> true) == null
                    ? null
                    : "the session with the id " + row.id + ": it is not found by its code";
        } catch (RowDamaged e) {
            return String.valueOf(e.getMessage());
        } catch (SignalingException e) {
            return "the session with the id " + row.id + ": " + e.detail();
        }
    }
}
