package dev.parley.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.store.Bookmark;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which bookmarks are part of a cluster's line: those of today's timeline, and of earlier ones up to where the next began. */
class TimelineHistoryTest {
    private static final long SYSTEM = 0x6afe_0123_89ab_cdefL;

    @Test
    void aBookmarkOfTodaysTimelineIsHeld() {
        assertThat(line(3, Map.of()).contains(bookmark(3, Long.MAX_VALUE))).isTrue();
    }

    @Test
    void anEarlierTimelineIsHeldUpToWhereTheNextBegan() {
        TimelineHistory line = line(3, Map.of(2L, 1_000L, 3L, 2_000L));

        assertThat(line.contains(bookmark(1, 1_000))).isTrue();
        assertThat(line.contains(bookmark(1, 1_001))).isFalse();
        assertThat(line.contains(bookmark(2, 2_000))).isTrue();
        assertThat(line.contains(bookmark(2, 2_001))).isFalse();
    }

    @Test
    void whatNobodyCanTellIsNotHeld() {
        var began = new HashMap<Long, @Nullable Long>();
        began.put(2L, null);
        TimelineHistory line = line(4, began);

        assertThat(line.contains(bookmark(1, 0))).isFalse();
        assertThat(line.contains(bookmark(2, 0))).isFalse();
    }

    @Test
    void aTimelineThatIsNotKnownYetIsNotHeld() {
        assertThat(line(2, Map.of()).contains(bookmark(3, 0))).isFalse();
    }

    @Test
    void anotherClusterIsNotHeld() {
        assertThat(line(1, Map.of()).contains(new Bookmark(TimelineHistory.history(SYSTEM + 1, 1), 0)))
                .isFalse();
    }

    @Test
    void aHistoryReadsBack() {
        Bookmark bookmark = bookmark(0xfffffffeL, 7);

        assertThat(bookmark.history()).matches("[0-9a-f]{24}");
        assertThat(TimelineHistory.systemOf(bookmark)).isEqualTo(SYSTEM);
        assertThat(TimelineHistory.timelineOf(bookmark)).isEqualTo(0xfffffffeL);
    }

    private static TimelineHistory line(long timeline, Map<Long, @Nullable Long> began) {
        return new TimelineHistory(SYSTEM, timeline, began);
    }

    private static Bookmark bookmark(long timeline, long position) {
        return new Bookmark(TimelineHistory.history(SYSTEM, timeline), position);
    }
}
