package dev.parley.bench;

import static io.netty.handler.codec.http.HttpMethod.POST;
import static io.netty.handler.codec.http.HttpMethod.PUT;

import java.time.Duration;
import java.util.Map;

/** The requests of one session in which an offerer waits for an answer. */
record SessionRequests(String code) {
    /** How long a long poll waits. */
    static final Duration WAIT = Duration.ofSeconds(30);

    private static final Map<String, String> HEADERS = Map.of("Origin", SampleDescriptions.ORIGIN);

    LoadRequest open() {
        return LoadRequest.send(
                POST,
                "/api/v1/sessions",
                HEADERS,
                "{\"code\":\"" + code + "\",\"ttl\":86400,\"offer\":" + SampleDescriptions.SDP + "}");
    }

    LoadRequest answer() {
        return LoadRequest.send(PUT, path() + "/answer", HEADERS, "{\"answer\":" + SampleDescriptions.SDP + "}");
    }

    /** What has happened since the offer, now. */
    LoadRequest poll() {
        return events(HEADERS);
    }

    /** What has happened since the offer, as soon as something has. */
    LoadRequest longPoll() {
        return events(Map.of("Origin", SampleDescriptions.ORIGIN, "Prefer", "wait=" + WAIT.toSeconds()));
    }

    LoadRequest stream() {
        return events(Map.of("Origin", SampleDescriptions.ORIGIN, "Accept", "text/event-stream"));
    }

    private LoadRequest events(Map<String, String> headers) {
        return LoadRequest.get(path() + "/events?after=1", headers);
    }

    private String path() {
        return "/api/v1/sessions/" + code;
    }
}
