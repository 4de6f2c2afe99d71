package dev.parley.store.postgresql;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The positions of the primary in the last minutes and when each was observed. They show for how long a replica has been behind
 * without comparing clocks of two machines. A replica of an idle primary is not behind.
 */
public final class LagTracker {
    private static final int POINTS_MAX = 600;

    private record Point(long position, long nanos) {}

    private final long spacingNanos;
    private final Deque<Point> points = new ArrayDeque<>();
    private long timeline;
    private long latest;

    /** @param spacing the resolution of a lag; six hundred times as much is remembered */
    public LagTracker(Duration spacing) {
        this.spacingNanos = spacing.toNanos();
    }

    /** The primary is at {@code position}. */
    public synchronized void at(long timeline, long position, long nanos) {
        if (timeline != this.timeline) {
            points.clear(); // positions of different timelines cannot be compared
            this.timeline = timeline;
        }
        latest = position;
        Point last = points.peekLast();
        if (last != null && (last.position >= position || nanos - last.nanos < spacingNanos)) {
            return;
        }
        points.addLast(new Point(position, nanos));
        if (points.size() > POINTS_MAX) {
            points.removeFirst();
        }
    }

    /** How long ago the primary went beyond {@code replayed}. */
    public synchronized Duration behind(long replayed, long nanos) {
        for (Point point : points) {
            if (point.position > replayed) {
                return Duration.ofNanos(nanos - point.nanos);
            }
        }
        return Duration.ZERO;
    }

    /** Bytes of the write-ahead log between {@code replayed} and the primary. */
    public synchronized long bytesBehind(long replayed) {
        return Math.max(0, latest - replayed);
    }
}
