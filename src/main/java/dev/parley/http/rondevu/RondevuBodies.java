package dev.parley.http.rondevu;

import static dev.parley.http.rondevu.RondevuResource.present;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import dev.parley.http.RequestBody;
import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Opening;
import dev.parley.session.Said;
import dev.parley.session.Side;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.TopicCount;
import dev.parley.session.Trickle;
import dev.parley.session.Waiting;
import java.io.IOException;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The bodies of the compatible API, as its clients send and expect them. */
final class RondevuBodies {
    private RondevuBodies() {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    @Schema(name = "RondevuOffer")
    public record Offer(
            @Schema(required = true) @Nullable String peerId,

            @Schema(required = true, implementation = String.class) @Nullable
            Description offer,

            @Nullable String code)
            implements RequestBody {

        Opening opening(String topic) {
            if (offer == null || offer.utf8().length == 0) {
                throw new Malformed("offer is missing.");
            }
            return new Opening(
                    code == null || code.isEmpty() ? null : new Code(code),
                    topic,
                    present("peerId", peerId),
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
            @Schema(required = true) @Nullable String code,

            @Schema(
                    required = true,
                    enumeration = {"offerer", "answerer"})
            @Nullable
            String side,

            @Schema(implementation = String.class) @Nullable Description answer,
            @Schema(implementation = String.class) @Nullable Candidate candidate)
            implements RequestBody {

        /** An empty text counts as none, as it does to the clients. */
        @Nullable
        Description answerSent() {
            return answer == null || answer.utf8().length == 0 ? null : answer;
        }

        @Nullable
        Candidate candidateSent() {
            if (candidate != null && !candidate.isString()) {
                throw new Malformed("candidate must be a string.");
            }
            return candidate == null || candidate.isEmpty() ? null : candidate;
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    @Schema(name = "RondevuPoll")
    public record Poll(
            @Schema(required = true) @Nullable String code,

            @Schema(
                    required = true,
                    enumeration = {"offerer", "answerer"})
            @Nullable
            String side)
            implements RequestBody {}

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
    public record Opened(String code) {}

    @Schema(name = "RondevuSuccess")
    public record Success(boolean success) {}

    @Schema(name = "RondevuSessions")
    public record Sessions(List<WaitingSession> sessions) {
        static Sessions of(List<Waiting> waiting) {
            return new Sessions(waiting.stream().map(WaitingSession::of).toList());
        }
    }

    @Schema(name = "RondevuSession")
    public record WaitingSession(
            String code,
            @Nullable String peerId,
            @Schema(implementation = String.class) @Nullable Description offer,

            @Schema(type = SchemaType.ARRAY, implementation = String.class)
            List<CandidateText> offerCandidates,

            long createdAt,
            long expiresAt) {
        static WaitingSession of(Waiting waiting) {
            return new WaitingSession(
                    waiting.code().text(),
                    waiting.peerId(),
                    waiting.offerer().description(),
                    CandidateText.all(waiting.offerer()),
                    waiting.createdAt().toEpochMilli(),
                    waiting.expiresAt().toEpochMilli());
        }
    }

    /** What a poll hears of the other side. */
    @Schema(
            name = "RondevuHeard",
            oneOf = {HeardByOfferer.class, HeardByAnswerer.class})
    public sealed interface Heard {
        static Heard by(Side side, Said said) {
            List<CandidateText> candidates = CandidateText.all(said);
            return side == Side.OFFERER
                    ? new HeardByOfferer(said.description(), candidates)
                    : new HeardByAnswerer(said.description(), candidates);
        }
    }

    @Schema(name = "RondevuHeardByOfferer")
    public record HeardByOfferer(
            @Schema(implementation = String.class) @Nullable Description answer,

            @Schema(type = SchemaType.ARRAY, implementation = String.class)
            List<CandidateText> answerCandidates)
            implements Heard {}

    @Schema(name = "RondevuHeardByAnswerer")
    public record HeardByAnswerer(
            @Schema(implementation = String.class) @Nullable Description offer,

            @Schema(type = SchemaType.ARRAY, implementation = String.class)
            List<CandidateText> offerCandidates)
            implements Heard {}

    /** A candidate as a string: one that came as an object through the native API is that object's JSON text. */
    @JsonSerialize(using = CandidateText.Writer.class)
    public record CandidateText(Candidate candidate) {
        static List<CandidateText> all(Said said) {
            return said.candidates().stream().map(CandidateText::new).toList();
        }

        static final class Writer extends JsonSerializer<CandidateText> {
            @Override
            public void serialize(CandidateText text, JsonGenerator json, SerializerProvider provider)
                    throws IOException {
                if (text.candidate.isString()) {
                    provider.defaultSerializeValue(text.candidate, json);
                } else {
                    byte[] object = text.candidate.json();
                    json.writeUTF8String(object, 0, object.length);
                }
            }
        }
    }
}
