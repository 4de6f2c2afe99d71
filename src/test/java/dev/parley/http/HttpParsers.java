package dev.parley.http;

import dev.parley.http.api.Requests;
import dev.parley.http.filter.RequestTarget;
import dev.parley.session.Session.SessionVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The parsers of requests, for tests of other packages: each accepts any text, or rejects it as {@code Malformed}. */
public final class HttpParsers {
    private static final Json JSON = new Json(16);
    private static final Duration WAIT_MAX = Duration.ofSeconds(30);

    private HttpParsers() {}

    public static void open(byte[] body) {
        JSON.read(body, Requests.Open.class).opening(null);
    }

    public static void answer(byte[] body) {
        var answer = JSON.read(body, Requests.Answer.class);
        answer.description();
        answer.trickle();
    }

    public static void candidates(byte[] body) {
        JSON.read(body, Requests.Candidates.class).trickle();
    }

    public static void ttl(byte[] body) {
        JSON.read(body, Requests.Ttl.class).duration();
    }

    public static void ifMatch(String header) {
        var unused = EntityTags.parse("If-Match", List.of(header)).isNone();
    }

    public static void ifNoneMatch(String header) {
        var unused = EntityTags.parse("If-None-Match", List.of(header)).names(new SessionVersion(1, 7, Instant.EPOCH));
    }

    /** A preference is never refused. */
    public static boolean preferenceIsInBounds(String header) {
        return Caller.requestedWait(List.of(header), WAIT_MAX)
                .map(wait -> !wait.isNegative() && wait.compareTo(WAIT_MAX) <= 0)
                .orElse(true);
    }

    /** A target is valid or not. */
    public static void target(String target) {
        RequestTarget.isValid(target);
    }
}
