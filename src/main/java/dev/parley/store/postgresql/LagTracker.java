package dev.parley.store.postgresql;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The positions of the primary in the last minutes, each with the time when it was seen: from it follows for how long a replica
 * has been behind, without comparing clocks of two machines. A primary that stands still leaves nobody behind.
 */
public final class LagTracker {
    private static final int POINTS_MAX = 600;

    private record Point(long position, long nanos) {}

    private final long spacingNanos;
    private final Deque<Point> points = new ArrayDeque<>();
    private long timeline;
    private long latest;

    /** @param spacing how exact a lag is told; six hundred times as much is remembered */
    public LagTracker(Duration spacing) {
        this.spacingNanos = spacing.toNanos();
    }

    /** The primary is at {@code position}. */
    public synchronized void at(long timeline, long position, long nanos) {
        if (timeline != this.timeline) {
            points.clear(); // positions of different timelines do not compare
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

    /** For how long the primary has been further than {@code replayed}. */
    public synchronized Duration behind(long replayed, long nanos) {
        for (Point point : points) {
            if (point.position > replayed) {
                return Duration.ofNanos(nanos - point.nanos);
            }
        }
        return Duration.ZERO;
    }

    /** How far the primary is ahead of {@code replayed}, in bytes of the write-ahead log. */
    public synchronized long bytesBehind(long replayed) {
        return Math.max(0, latest - replayed);
    }
}
