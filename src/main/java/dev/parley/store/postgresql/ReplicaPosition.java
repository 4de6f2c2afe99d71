package dev.parley.store.postgresql;

import dev.parley.store.Bookmark;

/**
 * How far a standby had come when it was looked at. It only ever goes on, as long as the server runs.
 *
 * @param started which run of the server was looked at
 * @param timeline the newest timeline whose beginning it has replayed
 * @param replayed it shows everything up to here
 * @param shown it shows nothing from behind here
 */
record ReplicaPosition(long started, boolean inRecovery, long timeline, long replayed, long shown) {
    /** Before the first look: nothing is known to be there. */
    static final ReplicaPosition NOTHING = new ReplicaPosition(0, false, 0, 0, 0);

    /** Whether it shows everything up to {@code bookmark}, one that the primary's line holds. */
    boolean hasReached(Bookmark bookmark) {
        return timeline >= TimelineHistory.timelineOf(bookmark) && replayed >= bookmark.position();
    }

    /** A bookmark for what was read before it was looked at. */
    Bookmark bookmark(long system) {
        return new Bookmark(TimelineHistory.history(system, timeline), shown);
    }
}
