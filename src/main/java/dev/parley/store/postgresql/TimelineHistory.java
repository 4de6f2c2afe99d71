package dev.parley.store.postgresql;

import dev.parley.store.Bookmark;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The line of timelines that a cluster's data went through. A position in the write-ahead log says nothing without it: after a
 * failover the new primary counts on from where it was promoted, and the old one may have been further.
 *
 * @param system the cluster, which its replicas share
 * @param timeline the one that is written now
 * @param began where each timeline in the line began; null for one of which nobody can tell
 */
record TimelineHistory(long system, long timeline, Map<Long, @Nullable Long> began) {

    private static final int TIMELINE_DIGITS = 8;

    /** The history of a bookmark at {@code timeline}: 16 digits for the cluster, 8 for the timeline. */
    static String history(long system, long timeline) {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(system) + hex.toHexDigits(timeline, TIMELINE_DIGITS);
    }

    Bookmark at(long position) {
        return new Bookmark(history(system, timeline), position);
    }

    /**
     * Whether everything up to {@code bookmark} is part of this line: it was made on the current timeline, or on an earlier one
     * before the next began. What nobody can tell is not held.
     */
    boolean holds(Bookmark bookmark) {
        if (systemOf(bookmark) != system) {
            return false;
        }
        long then = timelineOf(bookmark);
        if (then == timeline) {
            return true;
        }
        Long end = began.get(then + 1);
        return then < timeline && end != null && bookmark.position() <= end;
    }

    static long systemOf(Bookmark bookmark) {
        return Long.parseUnsignedLong(bookmark.history().substring(0, 16), 16);
    }

    static long timelineOf(Bookmark bookmark) {
        return Long.parseLong(bookmark.history().substring(16), 16);
    }
}
