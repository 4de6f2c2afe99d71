package dev.parley.store.postgresql;

import dev.parley.store.Bookmark;
import dev.parley.store.BookmarkSeal;
import java.util.Comparator;
import java.util.Optional;

/** What this service knows of how far the cluster has come, and the bookmarks that say so. */
final class PostgresHistory {
    private static final Comparator<Bookmark> ORDER =
            Comparator.comparing(Bookmark::history).thenComparing(Bookmark::position, Long::compareUnsigned);

    private final BookmarkSeal seal;
    private volatile TimelineHistory lineage;
    private volatile Bookmark newest;

    PostgresHistory(byte[] secret, TimelineHistory lineage, long position) {
        this.seal = new BookmarkSeal(secret);
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

    /** The bookmark that {@code word} stands for, or nothing where this cluster's history did not seal it. */
    Optional<Bookmark> opened(String word) {
        return seal.bookmark(word);
    }

    /** The word for a position that was seen. */
    String word(Bookmark seen) {
        saw(seen);
        return seal.word(seen);
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
