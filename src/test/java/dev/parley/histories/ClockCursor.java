package dev.parley.histories;

import dev.parley.session.SessionKey;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Stamps each event with the time at which its request came, and takes "after number N" for "later than N was". */
final class ClockCursor extends OtherService {
    private final Clockwork clock;
    private final Map<SessionKey, Map<Long, Long>> stamps = new ConcurrentHashMap<>();

    ClockCursor(InProcess sound, Clockwork clock) {
        super(sound);
        this.clock = clock;
    }

    @Override
    public Reply ask(int node, SessionKey key, Ask ask, Since since) {
        long begin = clock.since(clock.mark()).get(0);
        Reply reply = sound.ask(node, key, ask, since);
        Map<Long, Long> stamped = stamps.computeIfAbsent(key, first -> new ConcurrentHashMap<>());
        if (ask instanceof Ask.Follow follow && follow.after() > 0 && reply.told() instanceof Told.Happened happened) {
            long after = stamped.getOrDefault(follow.after(), 0L);
            List<Happening> later = happened.events().stream()
                    .filter(event -> stamped.getOrDefault(event.seq(), Long.MAX_VALUE) > after)
                    .toList();
            return new Reply(new Told.Happened(later), reply.bookmark(), reply.primary(), reply.reset());
        }
        long last = last(reply.told());
        for (long seq = last; seq > 0 && stamped.putIfAbsent(seq, begin) == null; seq--) {
            continue;
        }
        return reply;
    }

    private static long last(Told told) {
        if (told instanceof Told.Joined joined) {
            return joined.seq();
        }
        return told instanceof Told.Trickled trickled ? trickled.seq() : 0;
    }
}
