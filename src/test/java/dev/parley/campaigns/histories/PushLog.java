package dev.parley.campaigns.histories;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events that one peer was pushed about the sessions under a code. The events of a watch continue one another; only {@code closed},
 * the last one, may follow events that were deleted with the session.
 */
final class PushLog implements AutoCloseable {
    private final String peer;
    private final int node;
    private final Runnable close;
    private final List<Watch> watches = new ArrayList<>();
    private @Nullable Watch current;
    private @Nullable String violation;

    private record Watch(String incarnation, long after, List<ObservedEvent> events) {
        long last() {
            return events.isEmpty() ? after : events.get(events.size() - 1).seq();
        }
    }

    /** @param close ends the watch */
    PushLog(String peer, int node, Runnable close) {
        this.peer = peer;
        this.node = node;
        this.close = close;
    }

    /** The session of an entity tag, among those that have had its code. */
    static String incarnation(String tag) {
        return tag.split("[ .]", 2)[0];
    }

    /** The reply to a call that watches its session, unless that is watched already. */
    synchronized void joined(OperationResult.Joined joined, long after) {
        String incarnation = incarnation(String.valueOf(joined.tag()));
        if (current == null || !incarnation.equals(current.incarnation)) {
            begin(after, incarnation);
        }
    }

    /** A watch that replaces any other one of its code. */
    synchronized void begin(long after, String incarnation) {
        current = new Watch(incarnation, after, new ArrayList<>());
        watches.add(current);
    }

    synchronized void received(List<ObservedEvent> events) {
        for (ObservedEvent event : events) {
            Watch watch = current;
            if (watch == null) {
                violate("pushed " + event + " of a session that is not watched");
                return;
            }
            boolean closed = event.type().equals(ObservedEvent.CLOSED);
            if (closed ? event.seq() <= watch.last() : event.seq() != watch.last() + 1) {
                violate("pushed " + event + " behind " + watch.last());
            }
            watch.events.add(event);
            if (closed) {
                end();
            }
        }
        notifyAll();
    }

    /** No more events follow. */
    synchronized void end() {
        current = null;
        notifyAll();
    }

    synchronized void violate(String what) {
        violation = violation == null ? what : violation;
    }

    /** Whether the peer has received all events up to {@code seq} of a session, or does not watch it. */
    synchronized boolean receives(String incarnation, long seq, Duration max) {
        long end = System.nanoTime() + max.toNanos();
        long left = max.toNanos();
        while (current != null && incarnation.equals(current.incarnation) && current.last() < seq && left > 0) {
            try {
                wait(left / 1_000_000 + 1);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            left = end - System.nanoTime();
        }
        return current == null || !incarnation.equals(current.incarnation) || current.last() >= seq;
    }

    /** Records what was pushed: {@code closed} by itself, as a waiting request receives it. */
    synchronized void record(HistoryRecorder recorder) {
        if (violation != null) {
            recorder.pushed(peer, node, 0, ReplyContext.broken(violation));
        }
        for (Watch watch : watches) {
            List<ObservedEvent> events = watch.events;
            boolean closed =
                    !events.isEmpty() && events.get(events.size() - 1).type().equals(ObservedEvent.CLOSED);
            int stored = events.size() - (closed ? 1 : 0);
            if (stored > 0) {
                recorder.pushed(peer, node, watch.after, events(events.subList(0, stored)));
            }
            if (closed) {
                ObservedEvent last = events.get(stored);
                recorder.pushed(peer, node, last.seq() - 1, events(List.of(last)));
            }
        }
    }

    private static ReplyContext events(List<ObservedEvent> events) {
        return new ReplyContext(new OperationResult.EventsRead(List.copyOf(events)), null, true, false);
    }

    @Override
    public void close() {
        close.run();
    }

    @Override
    public String toString() {
        return peer + " at node " + node;
    }
}
