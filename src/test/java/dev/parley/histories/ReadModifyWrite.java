package dev.parley.histories;

import dev.parley.session.SessionKey;
import dev.parley.store.Sql;
import dev.parley.store.Statements;
import java.sql.SQLException;

/** Trickles as the usual stores do: reads the session, and writes it back with the candidates. What came in between is gone. */
final class ReadModifyWrite extends OtherService {
    private static final String ID = "(SELECT id FROM sessions WHERE namespace = ? AND code = ?)";
    private static final Sql LOSE =
            new Sql("lose", "DELETE FROM events WHERE session_id = " + ID + " AND seq > ? AND seq <= ?");
    private static final Sql CLOSE_UP =
            new Sql("close-up", "UPDATE events SET seq = seq - ? WHERE session_id = " + ID + " AND seq > ?");
    private static final Sql WRITE_BACK =
            new Sql("write-back", "UPDATE sessions SET seq = seq - ?, answered = ? WHERE namespace = ? AND code = ?");

    ReadModifyWrite(InProcess sound) {
        super(sound);
    }

    @Override
    public Reply ask(int node, SessionKey key, Ask ask, Since since) {
        if (!(ask instanceof Ask.Trickle)) {
            return sound.ask(node, key, ask, since);
        }
        Reply read = sound.ask(node, key, new Ask.Look(), new Since.Now());
        Reply written = sound.ask(node, key, ask, since);
        if (read.told() instanceof Told.Seen seen
                && written.told() instanceof Told.Trickled trickled
                && trickled.added() > 0
                && trickled.seq() - trickled.added() > seen.seq()) {
            long between = trickled.seq() - trickled.added() - seen.seq();
            sound.database(node)
                    .write(tx -> lose(tx, key, seen, between))
                    .toCompletableFuture()
                    .join();
            var told = new Told.Trickled(trickled.seq() - between, trickled.added());
            return new Reply(told, written.bookmark(), written.primary(), written.reset());
        }
        return written;
    }

    private static int lose(Statements tx, SessionKey key, Told.Seen seen, long between) throws SQLException {
        String namespace = key.namespace().name();
        String code = key.code().text();
        tx.call(LOSE)
                .bind(namespace)
                .bind(code)
                .bind(seen.seq())
                .bind(seen.seq() + between)
                .update();
        tx.call(CLOSE_UP)
                .bind(between)
                .bind(namespace)
                .bind(code)
                .bind(seen.seq())
                .update();
        return tx.call(WRITE_BACK)
                .bind(between)
                .bind(seen.answerer().description() == null ? 0 : 1)
                .bind(namespace)
                .bind(code)
                .update();
    }
}
