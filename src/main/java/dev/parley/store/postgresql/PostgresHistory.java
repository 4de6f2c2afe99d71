package dev.parley.store.postgresql;

import dev.parley.store.Bookmark;
import java.util.Comparator;

/** What this service knows of how far the cluster has come, and the bookmarks that say so. */
final class PostgresHistory {
    private static final Comparator<Bookmark> ORDER =
            Comparator.comparing(Bookmark::history).thenComparing(Bookmark::position, Long::compareUnsigned);

    private final long id;
    private volatile TimelineHistory lineage;
    private volatile Bookmark newest;

    /** @param id random; another one where a dump was restored, although the cluster and its positions are the same there */
    PostgresHistory(long id, TimelineHistory lineage, long position) {
        this.id = id;
        this.lineage = lineage;
        this.newest = lineage.at(position);
    }

    /** The line as the primary told it last. */
    TimelineHistory lineage() {
        return lineage;
    }

    /** A primary was met; after a failover it tells a longer line. */
    void met(TimelineHistory told) {
        if (told.timeline() >= lineage.timeline()) {
            lineage = told;
        }
    }

    /** The position of the cluster that {@code bookmark}, as a client sent it, stands for. */
    Bookmark opened(Bookmark bookmark) {
        return mixed(bookmark);
    }

    /** Clients see {@link #id} mixed into the identifier of the cluster; mixing twice gives the identifier back. */
    private Bookmark mixed(Bookmark bookmark) {
        long cluster = TimelineHistory.systemOf(bookmark) ^ id;
        return new Bookmark(
                TimelineHistory.history(cluster, TimelineHistory.timelineOf(bookmark)), bookmark.position());
    }

    /** The bookmark of a position that was seen, as clients receive it. */
    String word(Bookmark seen) {
        saw(seen);
        return mixed(seen).text();
    }

    /** Remembers a position that was seen and is told to nobody yet. */
    void saw(Bookmark seen) {
        if (!isLater(seen, newest)) {
            return;
        }
        synchronized (this) {
            if (isLater(seen, newest)) {
                newest = seen;
            }
        }
    }

    /** The newest position that was seen on any node: at least as new as whatever was read or written here. */
    Bookmark newest() {
        return newest;
    }

    static boolean isLater(Bookmark one, Bookmark other) {
        return ORDER.compare(one, other) > 0;
    }
}
