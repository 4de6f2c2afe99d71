package dev.parley.campaigns.histories;

import dev.parley.session.SessionKey;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Services with the faults of common implementations, for {@link Mutant}. */
final class FaultyServices {
    private FaultyServices() {}

    /** Acknowledges a repeated call and drops its additional candidates. */
    static final class DroppedCandidates extends DelegatingService<InProcessService> {
        DroppedCandidates(InProcessService sound) {
            super(sound);
        }

        @Override
        public ReplyContext call(int node, SessionKey key, Operation operation, Freshness since) {
            boolean repeated = operation.bringsMore()
                    && sound.call(node, key, new Operation.ReadSession(), new Freshness.Latest())
                                    .result()
                            instanceof OperationResult.Seen seen
                    && (operation instanceof Operation.Open || seen.answerer().description() != null);
            return sound.call(node, key, repeated ? withoutCandidates(operation) : operation, since);
        }

        private static Operation withoutCandidates(Operation operation) {
            if (operation instanceof Operation.Open open) {
                return new Operation.Open(
                        open.token(), open.offer(), List.of(), false, open.ttlSeconds(), open.topic());
            }
            return operation instanceof Operation.Answer answer
                    ? new Operation.Answer(answer.token(), answer.answer(), answer.generation(), List.of(), false)
                    : operation;
        }
    }

    /** Notifies waiters before a change is committed, and not after the commit. */
    static final class PrematureNotification extends DelegatingService<InProcessService> {
        PrematureNotification(InProcessService sound) {
            super(sound);
        }

        @Override
        public ReplyContext call(int node, SessionKey key, Operation operation, Freshness since) {
            wakeFor(node, key, operation);
            return sound.call(node, key, operation, since);
        }

        @Override
        public void callAndHangUp(int node, SessionKey key, Operation operation, Freshness since) {
            wakeFor(node, key, operation);
            sound.callAndHangUp(node, key, operation, since);
        }

        private void wakeFor(int node, SessionKey key, Operation operation) {
            if (!operation.onlyReads()) {
                sound.node(node).feed().committed(key);
            }
        }
    }

    /** Reads the session and writes it back with the candidates, so that concurrent changes are lost. */
    static final class ReadModifyWrite extends DelegatingService<InProcessService> {
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
        public ReplyContext call(int node, SessionKey key, Operation operation, Freshness since) {
            if (operation instanceof Operation.Trickle trickle
                    && trickle.generation() == null
                    && sound.call(node, key, new Operation.ReadSession(), new Freshness.Latest())
                                    .result()
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
            return sound.call(node, key, operation, since);
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

    /** Treats a session as unchanged if its latest event has the same number, even if it is another session. */
    static final class SeqOnlyEntityTag extends DelegatingService<InProcessService> {
        SeqOnlyEntityTag(InProcessService sound) {
            super(sound);
        }

        @Override
        public ReplyContext call(int node, SessionKey key, Operation operation, Freshness since) {
            if (!(operation instanceof Operation.ReadSession read) || read.tag() == null) {
                return sound.call(node, key, operation, since);
            }
            ReplyContext reply = sound.call(node, key, new Operation.ReadSession(), since);
            return number(read.tag().text())
                            .equals(
                                    reply.result().tag() == null
                                            ? ""
                                            : number(reply.result().tag()))
                    ? new ReplyContext(
                            new OperationResult.NotModified(), reply.bookmark(), reply.primary(), reply.reset())
                    : reply;
        }

        private static String number(String tag) {
            return tag.split(" ", -1)[1];
        }
    }

    /** Orders events by the time of their request, so that "after N" means "later than N". */
    static final class TimestampCursor extends DelegatingService<InProcessService> {
        private final LongSupplier stamp;
        private final Map<SessionKey, Map<Long, Long>> stamps = new ConcurrentHashMap<>();

        TimestampCursor(InProcessService sound, LongSupplier stamp) {
            super(sound);
            this.stamp = stamp;
        }

        @Override
        public ReplyContext call(int node, SessionKey key, Operation operation, Freshness since) {
            long now = stamp.getAsLong();
            ReplyContext reply = sound.call(node, key, operation, since);
            Map<Long, Long> stamped = stamps.computeIfAbsent(key, first -> new ConcurrentHashMap<>());
            if (operation instanceof Operation.Follow follow
                    && reply.result() instanceof OperationResult.EventsRead events) {
                long after = stamped.getOrDefault(follow.after(), Long.MIN_VALUE);
                List<ObservedEvent> later = events.events().stream()
                        .filter(event -> stamped.getOrDefault(event.seq(), Long.MAX_VALUE) > after)
                        .toList();
                return new ReplyContext(
                        new OperationResult.EventsRead(later), reply.bookmark(), reply.primary(), reply.reset());
            }
            long seq = reply.result() instanceof OperationResult.Trickled trickled && trickled.added() > 0
                    ? trickled.seq()
                    : 0;
            while (seq > 0 && stamped.putIfAbsent(seq, now) == null) {
                seq--;
            }
            return reply;
        }
    }
}
