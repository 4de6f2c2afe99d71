package dev.parley.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.store.Bookmark;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TimelineHistoryTest {
    private static final long SYSTEM = 0x6afe_0123_89ab_cdefL;

    @Test
    void itContainsAllOfTheCurrentTimeline() {
        assertThat(history(3, Map.of()).contains(bookmark(3, Long.MAX_VALUE))).isTrue();
    }

    @Test
    void itContainsAnEarlierTimelineUpToWhereTheNextBegan() {
        TimelineHistory history = history(3, Map.of(2L, 1_000L, 3L, 2_000L));

        assertThat(history.contains(bookmark(1, 1_000))).isTrue();
        assertThat(history.contains(bookmark(1, 1_001))).isFalse();
        assertThat(history.contains(bookmark(2, 2_000))).isTrue();
        assertThat(history.contains(bookmark(2, 2_001))).isFalse();
        assertThat(history.contains(bookmark(2, Long.MIN_VALUE))).isFalse();
    }

    @Test
    void itDoesNotContainATimelineWhoseEndIsUnknown() {
        var began = new HashMap<Long, @Nullable Long>();
        began.put(2L, null);
        TimelineHistory history = history(4, began);

        assertThat(history.contains(bookmark(1, 0))).isFalse();
        assertThat(history.contains(bookmark(2, 0))).isFalse();
    }

    @Test
    void itDoesNotContainALaterTimeline() {
        assertThat(history(2, Map.of()).contains(bookmark(3, 0))).isFalse();
    }

    @Test
    void itDoesNotContainAnotherCluster() {
        assertThat(history(1, Map.of()).contains(new Bookmark(TimelineHistory.history(SYSTEM + 1, 1), 0)))
                .isFalse();
    }

    @Test
    void aHistoryYieldsItsClusterAndTimeline() {
        Bookmark bookmark = bookmark(0xfffffffeL, 7);

        assertThat(bookmark.history()).matches("[0-9a-f]{24}");
        assertThat(TimelineHistory.systemOf(bookmark)).isEqualTo(SYSTEM);
        assertThat(TimelineHistory.timelineOf(bookmark)).isEqualTo(0xfffffffeL);
    }

    private static TimelineHistory history(long timeline, Map<Long, @Nullable Long> began) {
        return new TimelineHistory(SYSTEM, timeline, began);
    }

    private static Bookmark bookmark(long timeline, long position) {
        return new Bookmark(TimelineHistory.history(SYSTEM, timeline), position);
    }
}
