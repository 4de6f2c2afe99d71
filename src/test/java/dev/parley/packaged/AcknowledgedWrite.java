package dev.parley.packaged;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One write as the peer that sent it remembers it: what it said, and what became of it as far as the peer was told. Each
 * description and candidate is used in one write only, so an event tells which write it is of.
 *
 * <p>Sent by one thread at a time.
 */
final class AcknowledgedWrite {
    /** What a write does, with the type of the event that its description becomes. */
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

    /** What the peer knows of a write. */
    enum Fate {
        /** It may have happened, wholly, or not at all. */
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

    /** What the peer knew of the write at {@code moment}: of what was acknowledged later, nothing yet. */
    Fate fateAt(long moment) {
        return fate == Fate.ACKNOWLEDGED && acknowledgedAt > moment ? Fate.UNKNOWN : fate;
    }

    /** The number of its last event, once the write was acknowledged. */
    long lastSeq() {
        return lastSeq;
    }

    /** Sends the write and remembers what is said to it. */
    ServerReply send(ParleyClient client) {
        return send(client, () -> 0);
    }

    /** Sends the write and remembers what is said to it, and when by {@code clock}. */
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

    /** Sends the very same request, as a peer does that got no reply. */
    ServerReply sendAgain(ParleyClient client) {
        return switch (kind) {
            case OPEN -> client.open(code, token, said(), candidates);
            case ANSWER -> client.answer(code, token, said(), candidates);
            case TRICKLE_AS_OFFERER, TRICKLE_AS_ANSWERER -> client.trickle(code, token, candidates);
        };
    }

    private String said() {
        if (description == null) {
            throw new IllegalStateException("A trickle has no description");
        }
        return description;
    }

    /** The events that the write becomes, in their order. */
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
