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
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bodies of the compatible API, as its clients send and expect them. */
final class RondevuBodies {
    private RondevuBodies() {}

    /** The text of a field that must be there; an empty one counts as none. */
    static String present(String field, @Nullable String text) {
        if (text == null || text.isEmpty()) {
            throw new Malformed(field + " is missing.");
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
                throw new Malformed("offer is missing.");
            }
            return new Opening(
                    code == null || code.isEmpty() ? null : Code.chosen(code),
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
    public record Answer(
            @Nullable String code,
            @Nullable String side,
            @Nullable Description answer,
            @Nullable Candidate candidate) implements RequestBody {

        /** An empty text counts as none, as it does to the clients. */
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

    /** What a poll hears of the other side. */
    public sealed interface Heard {
        static Heard by(Side side, SideState said) {
            List<CandidateText> candidates = CandidateText.all(said);
            return side == Side.OFFERER
                    ? new HeardByOfferer(said.description(), candidates)
                    : new HeardByAnswerer(said.description(), candidates);
        }
    }

    public record HeardByOfferer(@Nullable Description answer, List<CandidateText> answerCandidates) implements Heard {}

    public record HeardByAnswerer(@Nullable Description offer, List<CandidateText> offerCandidates) implements Heard {}

    /** A candidate as a string: one that came as an object through the native API is that object's JSON text. */
    @JsonSerialize(using = CandidateText.Writer.class)
    public record CandidateText(Candidate candidate) {
        static List<CandidateText> all(SideState said) {
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
