package dev.parley.store.postgresql;

import dev.parley.store.Bookmark;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import dev.parley.store.postgresql.Connector.ServerInfo;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The timelines that a cluster's data went through. Without them a position in the write-ahead log says nothing: after a failover
 * the new primary continues from where it was promoted, and the former one may have been further.
 *
 * @param system the identifier of the cluster, which its replicas share
 * @param timeline the one that is written now
 * @param began where each timeline began; null where that is unknown
 */
record TimelineHistory(long system, long timeline, Map<Long, @Nullable Long> began) {
    /** Before a primary was connected. */
    static final TimelineHistory NONE = new TimelineHistory(0, 0, Map.of());

    private static final int TIMELINE_DIGITS = 8;

    private static final Sql TIMELINES = new Sql("timelines", "SELECT timeline, began FROM timelines");

    // The last position that a standby replayed is where its own timeline began. That is only certain as long as the
    // control file shows the former timeline: if the server has been restarted since, it is where that start began.
    private static final Sql NOTE_TIMELINE = new Sql("note-timeline", """
            INSERT INTO timelines (timeline, began)
            VALUES (?, CASE WHEN (SELECT timeline_id FROM pg_control_checkpoint()) < ?
                            THEN CAST(pg_last_wal_replay_lsn() - '0/0' AS BIGINT) END)
            ON CONFLICT (timeline) DO NOTHING""");

    /** The history that a primary has; its own timeline is added to the table first if no node has done so. */
    static TimelineHistory of(Statements primary, ServerInfo server) throws SQLException {
        primary.call(NOTE_TIMELINE)
                .bind(server.timeline())
                .bind(server.timeline())
                .update();
        return primary.call(TIMELINES).all(rows -> {
            var began = new HashMap<Long, @Nullable Long>();
            while (rows.next()) {
                long position = rows.getLong(2);
                began.put(rows.getLong(1), rows.wasNull() ? null : position);
            }
            return new TimelineHistory(server.system(), server.timeline(), began);
        });
    }

    /** The history of a bookmark at {@code timeline}: 16 digits for the cluster, 8 for the timeline. */
    static String history(long system, long timeline) {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(system) + hex.toHexDigits(timeline, TIMELINE_DIGITS);
    }

    Bookmark at(long position) {
        return new Bookmark(history(system, timeline), position);
    }

    /**
     * Whether everything up to {@code bookmark} is part of this history: the bookmark is of the current timeline, or of an earlier
     * one before the next began. If that is unknown, it is not.
     */
    boolean contains(Bookmark bookmark) {
        if (systemOf(bookmark) != system) {
            return false;
        }
        long then = timelineOf(bookmark);
        if (then == timeline) {
            return true;
        }
        Long end = began.get(then + 1);
        return then < timeline && end != null && Long.compareUnsigned(bookmark.position(), end) <= 0;
    }

    static long systemOf(Bookmark bookmark) {
        return Long.parseUnsignedLong(bookmark.history().substring(0, 16), 16);
    }

    static long timelineOf(Bookmark bookmark) {
        return Long.parseLong(bookmark.history().substring(16), 16);
    }
}
