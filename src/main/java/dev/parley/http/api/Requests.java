package dev.parley.http.api;

import dev.parley.http.RequestBody;
import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Opening;
import dev.parley.session.SessionToken;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.Trickle;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The bodies that the native API takes, and what they mean to the domain; {@code META-INF/openapi.yaml} describes them to users. */
public final class Requests {
    private Requests() {}

    /** @param ttl the time to live in seconds */
    public record Open(
            @Nullable Description offer,
            @Nullable String topic,
            @Nullable String peerId,
            @Nullable String code,
            @Nullable List<@Nullable String> tags,
            @Nullable Long ttl,
            @Nullable List<@Nullable Candidate> candidates,
            @Nullable Boolean end)
            implements RequestBody {

        public Opening opening(@Nullable SessionToken token) {
            return new Opening(
                    code == null ? null : Code.chosen(code),
                    topic,
                    peerId,
                    tags == null ? List.of() : whole("tags", tags),
                    present("offer", offer),
                    trickle(candidates, end),
                    ttl == null ? null : Duration.ofSeconds(ttl),
                    token);
        }
    }

    public record Answer(
            @Nullable Description answer,
            @Nullable Integer generation,
            @Nullable List<@Nullable Candidate> candidates,
            @Nullable Boolean end)
            implements RequestBody {

        public Description description() {
            return present("answer", answer);
        }

        public Trickle trickle() {
            return Requests.trickle(candidates, end);
        }
    }

    public record Candidates(
            @Nullable List<@Nullable Candidate> candidates,
            @Nullable Boolean end,
            @Nullable Integer generation) implements RequestBody {

        public Trickle trickle() {
            if (candidates == null && !Boolean.TRUE.equals(end)) {
                throw new Malformed("The field \"candidates\" is missing; send it, or end, or both.");
            }
            return Requests.trickle(candidates, end);
        }
    }

    public record Offer(@Nullable Description offer) implements RequestBody {

        public Description description() {
            return present("offer", offer);
        }
    }

    /** @param ttl the time to live from now, in seconds */
    public record Ttl(@Nullable Long ttl) implements RequestBody {
        public Duration duration() {
            return Duration.ofSeconds(present("ttl", ttl));
        }
    }

    private static Trickle trickle(@Nullable List<@Nullable Candidate> candidates, @Nullable Boolean end) {
        List<Candidate> sent = candidates == null ? List.of() : whole("candidates", candidates);
        if (sent.stream().anyMatch(Candidate::isEmpty)) {
            throw new Malformed("The field \"candidates\" holds an empty string, which is no candidate; send end to say"
                    + " that there are no more.");
        }
        return new Trickle(sent, Boolean.TRUE.equals(end));
    }

    private static <T> T present(String field, @Nullable T value) {
        if (value == null) {
            throw new Malformed("The field \"" + field + "\" is missing.");
        }
        return value;
    }

    @SuppressWarnings("NullAway") // checked: no element is null
    private static <T> List<T> whole(String field, List<@Nullable T> list) {
        if (list.stream().anyMatch(Objects::isNull)) {
            throw new Malformed("The field \"" + field + "\" holds null.");
        }
        return list;
    }
}
