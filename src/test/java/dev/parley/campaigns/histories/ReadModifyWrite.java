package dev.parley.campaigns.histories;

import dev.parley.session.SessionKey;
import dev.parley.store.Sql;
import dev.parley.store.Statements;
import java.sql.SQLException;
import java.util.Objects;

/** Trickles as the usual stores do: reads the session, and writes it back with the candidates. What came in between is gone. */
final class ReadModifyWrite extends DelegatingService<InProcessService> {
    private static final Sql WRITE_BACK = new Sql("write-back", """
            UPDATE sessions SET seq = ?, generation = ?, answered = ?, offer_candidates = ?, answer_candidates = ?
            WHERE namespace = ? AND code = ? AND seq > ? AND (offerer_token = ? OR answerer_token = ?)""");

    private static final Sql LOSE = new Sql("lose", """
            DELETE FROM events
            WHERE session_id = (SELECT id FROM sessions WHERE namespace = ? AND code = ?) AND seq > ?""");

    ReadModifyWrite(InProcessService sound) {
        super(sound);
    }

    @Override
    public ReplyContext ask(int node, SessionKey key, Operation ask, Freshness since) {
        if (ask instanceof Operation.Trickle trickle
                && trickle.generation() == null
                && sound.ask(node, key, new Operation.Look(), new Freshness.Now())
                                .told()
                        instanceof OperationResult.Seen seen) {
            byte[] token = Objects.requireNonNull(DomainMapping.token(trickle.token()))
                    .hash()
                    .bytes();
            sound.node(node)
                    .database()
                    .write(tx -> writeBack(tx, key, token, seen))
                    .toCompletableFuture()
                    .join();
        }
        return sound.ask(node, key, ask, since);
    }

    private static int writeBack(Statements tx, SessionKey key, byte[] token, OperationResult.Seen seen)
            throws SQLException {
        String namespace = key.namespace().name();
        String code = key.code().text();
        int written = tx.call(WRITE_BACK)
                .bind(seen.seq())
                .bind(seen.generation())
                .bind(seen.answerer().description() == null ? 0 : 1)
                .bind(seen.offerer().candidates().size())
                .bind(seen.answerer().candidates().size())
                .bind(namespace)
                .bind(code)
                .bind(seen.seq())
                .bind(token)
                .bind(token)
                .update();
        return written == 0
                ? 0
                : tx.call(LOSE).bind(namespace).bind(code).bind(seen.seq()).update();
    }
}
