package dev.parley.store.postgresql;

import dev.parley.store.Bookmark;
import java.util.Comparator;

/** The newest position that this process has observed in the cluster, and bookmarks of such positions. */
final class PostgresHistory {
    private static final Comparator<Bookmark> ORDER =
            Comparator.comparing(Bookmark::history).thenComparing(Bookmark::position, Long::compareUnsigned);

    private final long id;
    private volatile TimelineHistory timelines;
    private volatile Bookmark newest;

    /** @param id random; a database that a dump was restored into gets another one, although the cluster's positions continue */
    PostgresHistory(long id, TimelineHistory timelines, long position) {
        this.id = id;
        this.timelines = timelines;
        this.newest = timelines.at(position);
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
}
