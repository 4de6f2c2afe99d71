package dev.parley.http.api;

import dev.parley.http.EntityTags;
import dev.parley.http.wait.WatchGroup.Target;
import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Opening;
import dev.parley.session.SessionToken;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.SignalingException.OutOfBounds;
import dev.parley.session.Trickle;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.Schema.False;
import org.jspecify.annotations.Nullable;

/** The request bodies of the native API, and their conversion to the domain. A field that is absent is null here. */
public final class Requests {
    private static final String CANDIDATES = "At most 64 per request, and 256 per side and generation.";
    private static final String END = "Whether these are the last candidates of the side.";
    private static final String GENERATION =
            "The generation that this belongs to. If another one is current, the call is rejected with 412.";

    private Requests() {}

    @Schema(description = "A new session.", additionalProperties = False.class)
    public record Open(
            @Schema(required = true) @Nullable Description offer,

            @Schema(minLength = 1, maxLength = 1024) @Nullable
            String topic,

            @Schema(maxLength = 1024, description = "The application's name for the peer.") @Nullable
            String peerId,

            @Schema(
                    description = "The code of the session; without it the service generates one of 128 random bits.",
                    maxLength = 128,
                    pattern = "^(?!\\.\\.?$)[A-Za-z0-9._~-]+$")
            @Nullable
            String code,

            @Schema(maxItems = 16, description = "Each of 1 to 64 characters.") @Nullable
            List<@Nullable String> tags,

            @Schema(
                    minimum = "10",
                    maximum = "86400",
                    description = "The time to live in seconds. If it is absent or null, the service's default applies"
                            + " (parley.session.ttl, 300 seconds).")
            @Nullable
            Long ttl,

            @Schema(maxItems = 64, description = CANDIDATES) @Nullable
            List<@Nullable Candidate> candidates,

            @Schema(description = END) @Nullable Boolean end) {

        public Opening opening(@Nullable SessionToken token) {
            return new Opening(
                    code == null ? null : Code.chosen(code),
                    topic,
                    peerId,
                    tags == null ? List.of() : withoutNulls("tags", tags),
                    required("offer", offer),
                    trickleOf(candidates, end),
                    ttl == null ? null : Duration.ofSeconds(ttl),
                    token);
        }
    }

    @Schema(description = "The answer to the current generation.", additionalProperties = False.class)
    public record Answer(
            @Schema(required = true) @Nullable Description answer,
            @Schema(description = GENERATION) @Nullable Integer generation,

            @Schema(maxItems = 64, description = CANDIDATES) @Nullable
            List<@Nullable Candidate> candidates,

            @Schema(description = END) @Nullable Boolean end) {

        public Description description() {
            return required("answer", answer);
        }

        public Trickle trickle() {
            return trickleOf(candidates, end);
        }
    }

    @Schema(
            description = "New candidates of one side, or the end of its candidates, or both.",
            additionalProperties = False.class)
    public record Candidates(
            @Schema(maxItems = 64, description = CANDIDATES) @Nullable
            List<@Nullable Candidate> candidates,

            @Schema(description = END) @Nullable Boolean end,
            @Schema(description = GENERATION) @Nullable Integer generation) {

        public Trickle trickle() {
            if (candidates == null && !Boolean.TRUE.equals(end)) {
                throw new Malformed("The field \"candidates\" is missing; send it, or end, or both.");
            }
            return trickleOf(candidates, end);
        }
    }

    @Schema(description = "The offer of a new generation.", additionalProperties = False.class)
    public record Offer(@Schema(required = true) @Nullable Description offer) {
        public Description description() {
            return required("offer", offer);
        }
    }

    @Schema(description = "A new time to live.", additionalProperties = False.class)
    public record Ttl(
            @Schema(
                    required = true,
                    minimum = "10",
                    maximum = "86400",
                    description = "The time to live in seconds from now.")
            @Nullable
            Long ttl) {
        public Duration duration() {
            return Duration.ofSeconds(required("ttl", ttl));
        }
    }

    @Schema(description = "The sessions and topics to watch.", additionalProperties = False.class)
    public record Watches(
            @Schema(required = true, minItems = 1, description = "At most parley.waiting.per-request, 256.") @Nullable
            List<@Nullable Watch> watches) {

        /** @param max the maximum number of targets */
        public List<Target> targets(int max) {
            List<Watch> sent = withoutNulls("watches", required("watches", watches));
            if (sent.isEmpty() || sent.size() > max) {
                throw new OutOfBounds("watches", "watches must have 1 to " + max + " items (has " + sent.size() + ").");
            }
            List<Target> targets = sent.stream().map(Watch::target).toList();
            var names = new HashSet<String>();
            for (Target target : targets) {
                if (!names.add(target.topic() == null ? target.code() : ' ' + target.topic())) {
                    throw new Malformed("The field \"watches\" contains a session or topic twice.");
                }
            }
            return targets;
        }
    }

    @Schema(description = "A session or a topic.", additionalProperties = False.class)
    public record Watch(
            @Schema(description = "The code of the session.") @Nullable
            String code,

            @Schema(minimum = "0", description = "The number of the last event that the client has; 0 if absent.")
            @Nullable
            Long after,

            @Schema(
                    description =
                            "Of a session, that of any reply of the session to which after belongs: if the code has another"
                                    + " session now, its events are sent from the first on. Of a topic, that of the list that the client has, which"
                                    + " is not sent again in a reply that is no stream.")
            @Nullable
            String etag,

            @Schema(maxLength = 1024, description = "The topic of the sessions.") @Nullable
            String topic,

            @Schema(description = "Only sessions that carry it.") @Nullable
            String tag) {

        Target target() {
            if ((code == null) == (topic == null)) {
                throw new Malformed("The field \"watches\" needs a code or a topic in each item, and not both.");
            }
            if (code == null ? after != null : tag != null) {
                throw new Malformed("The field \"watches\" has after without code, or tag without topic.");
            }
            if ("".equals(topic)) {
                throw new Malformed("topic must not be empty.");
            }
            if (after != null && after < 0) {
                throw new Malformed("after must be a whole number from 0.");
            }
            return new Target(
                    code,
                    after == null ? 0 : after,
                    EntityTags.parse("etag", etag == null ? List.of() : List.of(etag)),
                    topic,
                    "".equals(tag) ? null : tag);
        }
    }

    private static Trickle trickleOf(@Nullable List<@Nullable Candidate> candidates, @Nullable Boolean end) {
        List<Candidate> sent = candidates == null ? List.of() : withoutNulls("candidates", candidates);
        for (Candidate candidate : sent) {
            if (candidate.isEmpty()) {
                throw new Malformed("The field \"candidates\" contains an empty string, which is not a candidate; send"
                        + " end if there are no more.");
            }
        }
        return new Trickle(sent, Boolean.TRUE.equals(end));
    }

    private static <T> T required(String field, @Nullable T value) {
        if (value == null) {
            throw new Malformed("The field \"" + field + "\" is missing.");
        }
        return value;
    }

    @SuppressWarnings("NullAway") // checked: no element is null
    private static <T> List<T> withoutNulls(String field, List<@Nullable T> list) {
        for (T item : list) {
            if (item == null) {
                throw new Malformed("The field \"" + field + "\" contains null.");
            }
        }
        return list;
    }
}
