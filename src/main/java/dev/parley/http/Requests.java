package dev.parley.http;

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
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The bodies that the native API takes, and what they mean to the domain. */
final class Requests {
    private Requests() {}

    static final String OFFER = "v=0\r\no=- 46117317 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

    @Schema(name = "Open", description = "A new session.")
    public record Open(
            @Schema(required = true, implementation = String.class, examples = "\"" + OFFER + "\"") @Nullable
            Description offer,

            @Nullable String topic,
            @Nullable String peerId,
            @Nullable String code,
            @Nullable List<@Nullable String> tags,

            @Schema(description = "Time to live in seconds.") @Nullable
            Long ttl,

            @Nullable List<@Nullable Candidate> candidates,
            @Nullable Boolean end)
            implements RequestBody {

        Opening opening(@Nullable SessionToken token) {
            return new Opening(
                    code == null ? null : new Code(code),
                    topic,
                    peerId,
                    tags == null ? List.of() : whole("tags", tags),
                    present("offer", offer),
                    trickle(candidates, end),
                    ttl == null ? null : Duration.ofSeconds(ttl),
                    token);
        }
    }

    @Schema(name = "Answer", description = "The answer to the current generation.")
    public record Answer(
            @Schema(required = true, implementation = String.class) @Nullable
            Description answer,

            @Nullable Integer generation,
            @Nullable List<@Nullable Candidate> candidates,
            @Nullable Boolean end)
            implements RequestBody {

        Description description() {
            return present("answer", answer);
        }

        Trickle trickle() {
            return Requests.trickle(candidates, end);
        }
    }

    @Schema(name = "Candidates", description = "What a side has learned of its own reachability.")
    public record Candidates(
            @Nullable List<@Nullable Candidate> candidates,
            @Nullable Boolean end,
            @Nullable Integer generation) implements RequestBody {

        Trickle trickle() {
            if (candidates == null && !Boolean.TRUE.equals(end)) {
                throw new Malformed("The field \"candidates\" is missing; send it, or end, or both.");
            }
            return Requests.trickle(candidates, end);
        }
    }

    @Schema(name = "Offer", description = "A new generation's offer.")
    public record Offer(
            @Schema(required = true, implementation = String.class) @Nullable
            Description offer) implements RequestBody {

        Description description() {
            return present("offer", offer);
        }
    }

    @Schema(name = "Ttl", description = "How long the session is to live from now.")
    public record Ttl(
            @Schema(required = true, description = "Seconds.") @Nullable
            Long ttl) implements RequestBody {
        Duration duration() {
            return Duration.ofSeconds(present("ttl", ttl));
        }
    }

    private static Trickle trickle(@Nullable List<@Nullable Candidate> candidates, @Nullable Boolean end) {
        return new Trickle(candidates == null ? List.of() : whole("candidates", candidates), Boolean.TRUE.equals(end));
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
