package dev.parley.http.rondevu;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Listing.Waiting;
import dev.parley.session.Opening;
import dev.parley.session.Session.SideState;
import dev.parley.session.Side;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.TopicPage.TopicCount;
import dev.parley.session.Trickle;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The bodies of the compatible API, as its clients send and expect them. An empty text counts as an absent one. */
public final class RondevuBodies {
    private RondevuBodies() {}

    /** The text of a required field. */
    static String required(String field, @Nullable String text) {
        if (text == null || text.isEmpty()) {
            throw new Malformed(field + " is required.");
        }
        return text;
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    @Schema(name = "RondevuOffer")
    public record Offer(
            @Schema(required = true, minLength = 1, maxLength = 1024) @Nullable
            String peerId,

            @Schema(required = true) @Nullable Description offer,

            @Schema(
                    description = "The code of the session; if it is absent or empty the service generates one.",
                    maxLength = 128,
                    pattern = "^((?!\\.\\.?$)[A-Za-z0-9._~-]+)?$")
            @Nullable
            String code) {

        Opening opening(String topic) {
            if (offer == null || offer.utf8().length == 0) {
                throw new Malformed("offer is required.");
            }
            return new Opening(
                    code == null || code.isEmpty() ? null : Code.chosen(code),
                    topic,
                    required("peerId", peerId),
                    List.of(),
                    offer,
                    Trickle.NOTHING,
                    null,
                    null);
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    @Schema(name = "RondevuAnswer", description = "An answer or a candidate, one of the two.")
    public record Answer(
            @Schema(ref = "Code", required = true) @Nullable String code,
            @Schema(ref = "Side", required = true) @Nullable String side,
            @Nullable Description answer,
            @Schema(implementation = String.class) @Nullable Candidate candidate) {

        @Nullable
        Description answerSent() {
            return answer == null || answer.utf8().length == 0 ? null : answer;
        }

        @Nullable
        Candidate candidateSent() {
            if (candidate != null && !candidate.isString()) {
                throw new Malformed("candidate must be a string; send the candidate as JSON text.");
            }
            return candidate == null || candidate.isEmpty() ? null : candidate;
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    @Schema(name = "RondevuPoll")
    public record Poll(
            @Schema(ref = "Code", required = true) @Nullable String code,
            @Schema(ref = "Side", required = true) @Nullable String side) {}

    @Schema(name = "RondevuFront")
    public record Front(String version, List<TopicSessions> topics, Pagination pagination) {}

    @Schema(name = "RondevuTopics")
    public record Topics(List<TopicSessions> topics, Pagination pagination) {}

    @Schema(name = "RondevuTopic")
    public record TopicSessions(String topic, long count) {
        static TopicSessions of(TopicCount topic) {
            return new TopicSessions(topic.topic(), topic.sessions());
        }
    }

    @Schema(name = "RondevuPagination")
    public record Pagination(int page, int limit, long total, boolean hasMore) {}

    @Schema(name = "RondevuOpened")
    public record Opened(@Schema(ref = "Code") String code) {}

    @Schema(name = "RondevuSuccess")
    public record Success(boolean success) {}

    @Schema(name = "RondevuSessions")
    public record Sessions(List<WaitingSession> sessions) {
        static Sessions of(List<Waiting> waiting) {
            return new Sessions(waiting.stream().map(WaitingSession::of).toList());
        }
    }

    @Schema(name = "RondevuSession", description = "An unanswered session; times are epoch milliseconds.")
    public record WaitingSession(
            @Schema(ref = "Code") String code,
            @Nullable String peerId,
            Description offer,
            List<CandidateText> offerCandidates,
            long createdAt,
            long expiresAt) {
        static WaitingSession of(Waiting waiting) {
            return new WaitingSession(
                    waiting.code().text(),
                    waiting.peerId(),
                    requireNonNull(waiting.offerer().description()),
                    CandidateText.all(waiting.offerer()),
                    waiting.createdAt().toEpochMilli(),
                    waiting.expiresAt().toEpochMilli());
        }
    }

    /** The description and the candidates of the other side. */
    @Schema(
            name = "RondevuPollReply",
            description = "The first form for the offerer, the second for the answerer.",
            oneOf = {PolledByOfferer.class, PolledByAnswerer.class})
    public sealed interface Polled {
        static Polled by(Side side, SideState other) {
            List<CandidateText> candidates = CandidateText.all(other);
            return side == Side.OFFERER
                    ? new PolledByOfferer(other.description(), candidates)
                    : new PolledByAnswerer(requireNonNull(other.description()), candidates);
        }
    }

    @Schema(name = "RondevuPolledByOfferer")
    @RegisterForReflection // no resource declares it as its result
    public record PolledByOfferer(@Nullable Description answer, List<CandidateText> answerCandidates)
            implements Polled {}

    @Schema(name = "RondevuPolledByAnswerer")
    @RegisterForReflection
    public record PolledByAnswerer(Description offer, List<CandidateText> offerCandidates) implements Polled {}

    /** A candidate as a string; an object that was sent through the native API becomes its JSON text. */
    public record CandidateText(Candidate candidate) {
        static List<CandidateText> all(SideState side) {
            return side.candidates().stream().map(CandidateText::new).toList();
        }

        @JsonValue
        Object json() {
            return candidate.isString() ? candidate : new String(candidate.json(), StandardCharsets.UTF_8);
        }
    }
}
