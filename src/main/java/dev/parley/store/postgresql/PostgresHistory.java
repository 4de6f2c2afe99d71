package dev.parley.store.postgresql;

import dev.parley.store.Bookmark;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * The newest position that this process has observed in the cluster, bookmarks of such positions, and the lag of replicas.
 *
 * <p>The positions of the primary in the last minutes, and when each was observed, show for how long a replica has been behind without
 * comparing clocks of two machines. A replica of an idle primary is not behind.
 */
final class PostgresHistory {
    private static final Comparator<Bookmark> ORDER =
            Comparator.comparing(Bookmark::history).thenComparing(Bookmark::position, Long::compareUnsigned);
    private static final int POINTS_MAX = 600;

    /** Points in the maximum lag; this is the resolution of a lag. */
    private static final int LAG_STEPS = 100;

    private final long spacingNanos;
    private final LongSupplier nanoTime;
    private final TreeMap<Long, Long> nanosByPosition = new TreeMap<>();
    private String primaryHistory = "";
    private long primaryPosition;
    private volatile long id;
    private volatile TimelineHistory timelines = TimelineHistory.NONE;
    private volatile Bookmark newest = timelines.at(0);

    PostgresHistory(Duration lagMax, LongSupplier nanoTime) {
        this.spacingNanos = lagMax.dividedBy(LAG_STEPS).toNanos();
        this.nanoTime = nanoTime;
    }

    /** @param id random; a database that a dump was restored into gets another one, although the cluster's positions continue */
    void begin(long id, Bookmark position) {
        this.id = id;
        observe(position);
    }

    /** The timelines as the primary knew them last. */
    TimelineHistory timelines() {
        return timelines;
    }

    /** A primary was connected; after a failover it knows one timeline more. */
    void connected(TimelineHistory known) {
        if (known.timeline() >= timelines.timeline()) {
            timelines = known;
        }
    }

    /** The bookmark of an observed position, as clients receive it. */
    String text(Bookmark position) {
        observe(position);
        return translated(position).text();
    }

    /**
     * The bookmark that clients see for a position of the cluster, or the position for a bookmark of a client: they differ by
     * {@link #id}, which is mixed into the identifier of the cluster.
     */
    Bookmark translated(Bookmark bookmark) {
        long system = TimelineHistory.systemOf(bookmark) ^ id;
        return new Bookmark(TimelineHistory.history(system, TimelineHistory.timelineOf(bookmark)), bookmark.position());
    }

    void observe(Bookmark position) {
        if (!isLater(position, newest)) {
            return;
        }
        synchronized (this) {
            if (isLater(position, newest)) {
                newest = position;
            }
        }
    }

    /** The newest position observed on any node: at least as new as whatever was read or written here. */
    Bookmark newest() {
        return newest;
    }

    static boolean isLater(Bookmark one, Bookmark other) {
        return ORDER.compare(one, other) > 0;
    }

    /** A probe found the primary at {@code position}. */
    synchronized void observePrimary(Bookmark position) {
        observe(position);
        primaryPosition = position.position();
        if (!position.history().equals(primaryHistory)) {
            primaryHistory = position.history();
            nanosByPosition.clear(); // positions of different timelines cannot be compared
        }
        long now = nanoTime.getAsLong();
        Map.Entry<Long, Long> last = nanosByPosition.lastEntry();
        if (last == null || (last.getKey() < primaryPosition && now - last.getValue() >= spacingNanos)) {
            nanosByPosition.put(primaryPosition, now);
        }
        if (nanosByPosition.size() > POINTS_MAX) {
            nanosByPosition.pollFirstEntry();
        }
    }

    /** How long ago the primary went beyond {@code replayed}. */
    synchronized Duration lag(long replayed) {
        Map.Entry<Long, Long> beyond = nanosByPosition.higherEntry(replayed);
        return beyond == null ? Duration.ZERO : Duration.ofNanos(nanoTime.getAsLong() - beyond.getValue());
    }

    /** Bytes of the write-ahead log between {@code replayed} and the primary. */
    synchronized long bytesBehind(long replayed) {
        return Math.max(0, primaryPosition - replayed);
    }
}
