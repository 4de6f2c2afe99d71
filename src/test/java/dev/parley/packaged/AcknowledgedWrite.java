package dev.parley.packaged;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One write and its result as known to the peer that sent it. Each description and candidate is used in one write only, so each event
 * belongs to one write.
 *
 * <p>Sent by one thread at a time.
 */
final class AcknowledgedWrite {
    /** The kind of a write, with the type of the event of its description. */
    enum Kind {
        OPEN("offer", "offerer"),
        ANSWER("answer", "answerer"),
        TRICKLE_AS_OFFERER("none", "offerer"),
        TRICKLE_AS_ANSWERER("none", "answerer");

        private final String descriptionType;
        private final String side;

        Kind(String descriptionType, String side) {
            this.descriptionType = descriptionType;
            this.side = side;
        }
    }

    /** The result as known to the peer. */
    enum Fate {
        /** It has taken effect completely, or not at all. */
        UNKNOWN,
        ACKNOWLEDGED,
        REFUSED
    }

    private final Kind kind;
    private final String code;
    private final String token;
    private final @Nullable String description;
    private final List<JsonNode> candidates;
    private volatile Fate fate = Fate.UNKNOWN;
    private volatile long lastSeq;
    private volatile long acknowledgedAt;

    private AcknowledgedWrite(
            Kind kind, String code, String token, @Nullable String description, List<JsonNode> candidates) {
        this.kind = kind;
        this.code = code;
        this.token = token;
        this.description = description;
        this.candidates = candidates;
    }

    static AcknowledgedWrite open(String code, String token, String offer, List<JsonNode> candidates) {
        return new AcknowledgedWrite(Kind.OPEN, code, token, offer, candidates);
    }

    static AcknowledgedWrite answer(String code, String token, String answer, List<JsonNode> candidates) {
        return new AcknowledgedWrite(Kind.ANSWER, code, token, answer, candidates);
    }

    static AcknowledgedWrite trickle(Kind kind, String code, String token, List<JsonNode> candidates) {
        return new AcknowledgedWrite(kind, code, token, null, candidates);
    }

    Kind kind() {
        return kind;
    }

    String token() {
        return token;
    }

    Fate fate() {
        return fate;
    }

    /** The result as known at {@code moment}; a later acknowledgement was not known yet. */
    Fate fateAt(long moment) {
        return fate == Fate.ACKNOWLEDGED && acknowledgedAt > moment ? Fate.UNKNOWN : fate;
    }

    /** The number of its last event, once the write was acknowledged. */
    long lastSeq() {
        return lastSeq;
    }

    /** Sends the write and records the reply. */
    ServerReply send(ParleyClient client) {
        return send(client, () -> 0);
    }

    /** The same, with the time of the acknowledgement by {@code clock}. */
    ServerReply send(ParleyClient client, LongSupplier clock) {
        ServerReply reply = sendAgain(client);
        if (reply.isSuccess()) {
            lastSeq = reply.seq();
            acknowledgedAt = clock.getAsLong();
            fate = Fate.ACKNOWLEDGED;
        } else {
            fate = Fate.REFUSED;
        }
        return reply;
    }

    /** Sends the same request again, as a peer does that got no reply. */
    ServerReply sendAgain(ParleyClient client) {
        return switch (kind) {
            case OPEN -> client.open(code, token, description(), candidates);
            case ANSWER -> client.answer(code, token, description(), candidates);
            case TRICKLE_AS_OFFERER, TRICKLE_AS_ANSWERER -> client.trickle(code, token, candidates);
        };
    }

    private String description() {
        if (description == null) {
            throw new IllegalStateException("A trickle has no description");
        }
        return description;
    }

    /** The events of the write in order. */
    List<AcknowledgedEvent> events() {
        Stream<AcknowledgedEvent> described = description == null
                ? Stream.of()
                : Stream.of(new AcknowledgedEvent(
                        kind.descriptionType,
                        kind.side,
                        TextNode.valueOf(description).toString()));
        Stream<AcknowledgedEvent> trickled = candidates.stream()
                .map(candidate -> new AcknowledgedEvent("candidate", kind.side, candidate.toString()));
        return Stream.concat(described, trickled).toList();
    }

    @Override
    public String toString() {
        return kind + " " + fate + (lastSeq == 0 ? "" : " up to " + lastSeq) + " " + events();
    }
}
