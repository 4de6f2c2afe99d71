package dev.parley.store.postgresql;

import dev.parley.store.Bookmark;

/**
 * How far a standby had come when it was observed. It never goes back as long as the server runs.
 *
 * @param started identifies the run of the server
 * @param timeline the newest timeline whose beginning the standby has replayed
 * @param replayed everything up to here is visible
 * @param shown nothing beyond here is visible
 */
record ReplicaPosition(long started, boolean inRecovery, long timeline, long replayed, long shown) {
    /** Before the first observation. */
    static final ReplicaPosition UNKNOWN = new ReplicaPosition(0, false, 0, 0, 0);

    /** Whether everything up to {@code bookmark}, which is of the primary's history, is visible. */
    boolean hasReached(Bookmark bookmark) {
        return timeline >= TimelineHistory.timelineOf(bookmark) && replayed >= bookmark.position();
    }

    /** Covers whatever was read before the observation. */
    Bookmark bookmark(long system) {
        return new Bookmark(TimelineHistory.history(system, timeline), shown);
    }
}
