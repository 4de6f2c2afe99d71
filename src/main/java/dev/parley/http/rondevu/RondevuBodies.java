package dev.parley.http.rondevu;

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
import dev.parley.session.Side;
import dev.parley.session.SideState;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.TopicCount;
import dev.parley.session.Trickle;
import dev.parley.session.Waiting;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bodies of the compatible API, as its clients send and expect them. An empty text counts as an absent one. */
final class RondevuBodies {
    private RondevuBodies() {}

    /** The text of a required field. */
    static String required(String field, @Nullable String text) {
        if (text == null || text.isEmpty()) {
            throw new Malformed(field + " is required.");
        }
        return text;
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Offer(
            @Nullable String peerId,
            @Nullable Description offer,
            @Nullable String code) implements RequestBody {

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
    public record Answer(
            @Nullable String code,
            @Nullable String side,
            @Nullable Description answer,
            @Nullable Candidate candidate) implements RequestBody {

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
    public record Poll(@Nullable String code, @Nullable String side) implements RequestBody {}

    public record Front(String version, List<TopicSessions> topics, Pagination pagination) {}

    public record Topics(List<TopicSessions> topics, Pagination pagination) {}

    public record TopicSessions(String topic, long count) {
        static TopicSessions of(TopicCount topic) {
            return new TopicSessions(topic.topic(), topic.sessions());
        }
    }

    public record Pagination(int page, int limit, long total, boolean hasMore) {}

    public record Opened(String code) {}

    public record Success(boolean success) {}

    public record Sessions(List<WaitingSession> sessions) {
        static Sessions of(List<Waiting> waiting) {
            return new Sessions(waiting.stream().map(WaitingSession::of).toList());
        }
    }

    public record WaitingSession(
            String code,
            @Nullable String peerId,
            @Nullable Description offer,
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

    /** The description and the candidates of the other side. */
    public sealed interface Polled {
        static Polled by(Side side, SideState other) {
            List<CandidateText> candidates = CandidateText.all(other);
            return side == Side.OFFERER
                    ? new PolledByOfferer(other.description(), candidates)
                    : new PolledByAnswerer(other.description(), candidates);
        }
    }

    @RegisterForReflection // no resource declares it as its result
    public record PolledByOfferer(@Nullable Description answer, List<CandidateText> answerCandidates)
            implements Polled {}

    @RegisterForReflection
    public record PolledByAnswerer(@Nullable Description offer, List<CandidateText> offerCandidates)
            implements Polled {}

    /** A candidate as a string; an object that was sent through the native API becomes its JSON text. */
    @JsonSerialize(using = CandidateText.Writer.class)
    public record CandidateText(Candidate candidate) {
        static List<CandidateText> all(SideState side) {
            return side.candidates().stream().map(CandidateText::new).toList();
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
