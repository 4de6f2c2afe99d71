package dev.parley.bench;

import static io.netty.handler.codec.http.HttpMethod.POST;
import static io.netty.handler.codec.http.HttpMethod.PUT;

import java.time.Duration;
import java.util.Map;

/** The requests of one session in which an offerer waits for an answer. */
record Meeting(String code) {
    /** How long a long poll waits. */
    static final Duration WAIT = Duration.ofSeconds(30);

    private static final Map<String, String> HEADERS = Map.of("Origin", Speech.ORIGIN);

    Call open() {
        return Call.send(
                POST,
                "/api/v1/sessions",
                HEADERS,
                "{\"code\":\"" + code + "\",\"ttl\":86400,\"offer\":" + Speech.SDP + "}");
    }

    Call answer() {
        return Call.send(PUT, path() + "/answer", HEADERS, "{\"answer\":" + Speech.SDP + "}");
    }

    /** What has happened since the offer, now. */
    Call poll() {
        return events(HEADERS);
    }

    /** What has happened since the offer, as soon as something has. */
    Call longPoll() {
        return events(Map.of("Origin", Speech.ORIGIN, "Prefer", "wait=" + WAIT.toSeconds()));
    }

    Call stream() {
        return events(Map.of("Origin", Speech.ORIGIN, "Accept", "text/event-stream"));
    }

    private Call events(Map<String, String> headers) {
        return Call.get(path() + "/events?after=1", headers);
    }

    private String path() {
        return "/api/v1/sessions/" + code;
    }
}
