package dev.parley.bench;

import java.util.Map;

/** Peers that ask for what is new in their session, and find nothing. */
final class EmptyPolls implements RequestSequence {
    private static final int EVENTS = 3;

    private final LiveSessions live;
    private final long count;
    private long polls;

    /** @param count how many of the live sessions are asked, one after the other */
    EmptyPolls(LiveSessions live, long count) {
        this.live = live;
        this.count = count;
    }

    @Override
    public LoadRequest next() {
        String code = live.code(1 + polls++ % count);
        return LoadRequest.get(
                "/api/v1/sessions/" + code + "/events?after=" + EVENTS, Map.of("Origin", SampleDescriptions.ORIGIN));
    }
}
