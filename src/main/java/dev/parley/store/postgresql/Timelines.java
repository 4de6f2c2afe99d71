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

    private Timelines() {}

    /** The line that a primary tells; its timeline is noted first where nobody has met it. */
    static Lineage lineage(Statements statements, Hello hello) throws SQLException {
        Lineage told = read(statements, hello);
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

    private static Lineage read(Statements statements, Hello hello) throws SQLException {
        return statements.call(TIMELINES).all(rows -> {
            var began = new HashMap<Long, @Nullable Long>();
            while (rows.next()) {
                long position = rows.getLong(2);
                began.put(rows.getLong(1), rows.wasNull() ? null : position);
            }
            return new Lineage(hello.system(), hello.timeline(), began);
        });
    }
}
