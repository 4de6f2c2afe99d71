package dev.parley.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.store.Bookmark;
import dev.parley.store.postgresql.NodeConnection.ReplicaPosition;
import org.junit.jupiter.api.Test;

class ReplicaPositionTest {
    private final ReplicaPosition replica = new ReplicaPosition(1, true, 2, 1_000, 2_000);

    @Test
    void aReplicaHasReachedWhatItHasReplayed() {
        assertThat(replica.hasReached(bookmark(2, 1_000))).isTrue();
        assertThat(replica.hasReached(bookmark(1, 1_000))).isTrue();
        assertThat(replica.hasReached(bookmark(2, 1_001))).isFalse();
        assertThat(replica.hasReached(bookmark(3, 1_000))).isFalse();
    }

    /** A client can send any position, and it counts as unsigned. */
    @Test
    void noReplicaHasReachedAPositionOf64Bits() {
        assertThat(replica.hasReached(bookmark(2, Long.MIN_VALUE))).isFalse();
        assertThat(replica.hasReached(bookmark(2, -1))).isFalse();
    }

    private static Bookmark bookmark(long timeline, long position) {
        return new Bookmark(TimelineHistory.history(7, timeline), position);
    }
}
