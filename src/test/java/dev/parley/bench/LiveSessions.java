package dev.parley.bench;

import static io.netty.handler.codec.http.HttpMethod.POST;

import java.util.Map;

/** Sessions that stay: each with an offer and two candidates, waiting for an answer that does not come, for a day. */
final class LiveSessions implements RequestSequence {
    private static final int TOPICS = 10_000;

    private final String run;
    private long sessions;

    LiveSessions(String run) {
        this.run = run;
    }

    @Override
    public LoadRequest next() {
        long session = ++sessions;
        return LoadRequest.send(
                POST,
                "/api/v1/sessions",
                Map.of("Origin", SampleDescriptions.ORIGIN),
                "{\"code\":\"" + code(session) + "\",\"topic\":\"live" + session % TOPICS
                        + "\",\"ttl\":86400,\"offer\":" + SampleDescriptions.SDP + ",\"candidates\":"
                        + SampleDescriptions.candidates("o", 1)
                        + "}");
    }

    /** The code of the session with that number, from 1. */
    String code(long session) {
        return run + "-live-" + session;
    }
}
