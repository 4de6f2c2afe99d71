package dev.parley.store.postgresql;

import dev.parley.store.Sql;
import dev.parley.store.Statements;
import java.sql.SQLException;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/** The table of the timelines that this history went through. Whoever first meets a new one notes it. */
final class Timelines {
    private static final Sql TIMELINES = new Sql("timelines", "SELECT timeline, began FROM timelines");

    // The last position that a standby replayed is where its own timeline began. It is only known to be that as long
    // as the control file shows the timeline before: had the server started again since, it would be where that start
    // began.
    private static final Sql NOTE_TIMELINE = new Sql("note-timeline", """
            INSERT INTO timelines (timeline, began)
            VALUES (?, CASE WHEN (SELECT timeline_id FROM pg_control_checkpoint()) < ?
                            THEN CAST(pg_last_wal_replay_lsn() - '0/0' AS BIGINT) END)
            ON CONFLICT (timeline) DO NOTHING""");

    private static final Sql NEWEST =
            new Sql("newest-timeline", "SELECT max(timeline) FROM cluster_timelines WHERE system = ?");

    // On an old primary no standby may confirm a commit.
    private static final Sql NOTE_NEWEST = new Sql("note-newest-timeline", """
            INSERT INTO cluster_timelines (system, timeline)
            SELECT ?, ? FROM (SELECT set_config('synchronous_commit', 'local', TRUE)) locally
            ON CONFLICT (system, timeline) DO NOTHING""");

    private Timelines() {}

    /** The newest timeline of {@code system} that any node has noted there; 0 for none. */
    static long newest(Statements statements, long system) throws SQLException {
        Long newest = statements.call(NEWEST).bind(system).first(row -> row.getLong(1));
        return newest == null ? 0 : newest;
    }

    /** Notes that {@code timeline} of {@code system} has been seen. */
    static void note(Statements statements, long system, long timeline) throws SQLException {
        statements.call(NOTE_NEWEST).bind(system).bind(timeline).update();
    }

    /** The line that a primary tells; its timeline is noted first where nobody has met it. */
    static TimelineHistory lineage(Statements statements, ServerInfo hello) throws SQLException {
        TimelineHistory told = read(statements, hello);
        if (told.began().containsKey(hello.timeline())) {
            return told;
        }
        statements
                .call(NOTE_TIMELINE)
                .bind(hello.timeline())
                .bind(hello.timeline())
                .update();
        return read(statements, hello);
    }

    private static TimelineHistory read(Statements statements, ServerInfo hello) throws SQLException {
        return statements.call(TIMELINES).all(rows -> {
            var began = new HashMap<Long, @Nullable Long>();
            while (rows.next()) {
                long position = rows.getLong(2);
                began.put(rows.getLong(1), rows.wasNull() ? null : position);
            }
            return new TimelineHistory(hello.system(), hello.timeline(), began);
        });
    }
}
