package dev.parley.campaigns.histories;

import dev.parley.session.SessionKey;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Stamps what a request brings when the request comes, and takes "after number N" for "stamped later than N was". */
final class TimestampCursor extends DelegatingService<InProcessService> {
    private final LongSupplier stamp;
    private final Map<SessionKey, Map<Long, Long>> stamps = new ConcurrentHashMap<>();

    TimestampCursor(InProcessService sound, LongSupplier stamp) {
        super(sound);
        this.stamp = stamp;
    }

    @Override
    public ReplyContext ask(int node, SessionKey key, Operation ask, Freshness since) {
        long now = stamp.getAsLong();
        ReplyContext reply = sound.ask(node, key, ask, since);
        Map<Long, Long> stamped = stamps.computeIfAbsent(key, first -> new ConcurrentHashMap<>());
        if (ask instanceof Operation.Follow follow && reply.told() instanceof OperationResult.Happened happened) {
            long after = stamped.getOrDefault(follow.after(), Long.MIN_VALUE);
            List<ObservedEvent> later = happened.events().stream()
                    .filter(event -> stamped.getOrDefault(event.seq(), Long.MAX_VALUE) > after)
                    .toList();
            return new ReplyContext(
                    new OperationResult.Happened(later), reply.bookmark(), reply.primary(), reply.reset());
        }
        long seq =
                reply.told() instanceof OperationResult.Trickled trickled && trickled.added() > 0 ? trickled.seq() : 0;
        while (seq > 0 && stamped.putIfAbsent(seq, now) == null) {
            seq--;
        }
        return reply;
    }
}
