package dev.parley.bench;

import java.util.List;
import java.util.Map;

/** Peers that read sessions, one after the other, each with one of some bookmarks in turn. */
final class Snapshots implements RequestSequence {
    private final LiveSessions live;
    private final long count;
    private final List<String> bookmarks;
    private long reads;

    /** @param count how many of the live sessions are read */
    Snapshots(LiveSessions live, long count, List<String> bookmarks) {
        this.live = live;
        this.count = count;
        this.bookmarks = bookmarks;
    }

    @Override
    public LoadRequest next() {
        long read = reads++;
        String bookmark = bookmarks.get((int) (read % bookmarks.size()));
        return LoadRequest.get(
                "/api/v1/sessions/" + live.code(1 + read % count),
                Map.of("Origin", SampleDescriptions.ORIGIN, "x-d1-bookmark", bookmark));
    }
}
