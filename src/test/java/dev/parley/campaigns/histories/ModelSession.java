package dev.parley.campaigns.histories;

import static dev.parley.campaigns.histories.ObservedEvent.ANSWER;
import static dev.parley.campaigns.histories.ObservedEvent.CANDIDATE;
import static dev.parley.campaigns.histories.ObservedEvent.END;
import static dev.parley.campaigns.histories.ObservedEvent.OFFER;

import dev.parley.session.Side;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session of the model; everything else is derived from its events.
 *
 * @param number of the session under its code
 * @param topic under which it waits
 * @param ttlSeconds of its opening
 * @param offererToken the name of the peer; null without a token
 * @param answererToken of the answerer, in whichever generation it answered
 */
record ModelSession(
        int number,
        int topic,
        int ttlSeconds,
        @Nullable String offererToken,
        @Nullable String answererToken,
        int generation,
        long expiresAt,
        List<ObservedEvent> events) {

    static ModelSession opened(Operation.Open operation, int number, long now) {
        long then = now + 1000L * operation.ttlSeconds();
        ModelSession fresh = new ModelSession(
                        number, operation.topic(), operation.ttlSeconds(), operation.token(), null, 1, then, List.of())
                .with(OFFER, Side.OFFERER, operation.offer());
        return fresh.trickled(Side.OFFERER, operation.candidates(), operation.end());
    }

    boolean isLive(long now) {
        return expiresAt > now;
    }

    long seq() {
        return events.size();
    }

    String firstOffer() {
        return String.valueOf(events.get(0).text());
    }

    @Nullable
    String answer() {
        return content(Side.ANSWERER).description();
    }

    /** Whether any generation was answered; that peer remains the answerer. */
    boolean hasAnswerer() {
        return events.stream().anyMatch(event -> event.type().equals(ANSWER));
    }

    /** The position before the first event of the answerer, from which the offerer misses nothing. */
    long seqBeforeAnswerer() {
        return events.stream()
                .filter(event -> event.side() == Side.ANSWERER)
                .findFirst()
                .map(first -> first.seq() - 1)
                .orElse(seq());
    }

    /** The position after the answer and its contiguous candidates, from which the answerer misses nothing. */
    long seqBehindAnswer() {
        long seq = 0;
        for (ObservedEvent event : events) {
            boolean answer = event.type().equals(ANSWER) && event.generation() == generation;
            boolean follows = event.side() == Side.ANSWERER && event.seq() == seq + 1;
            seq = answer || (follows && seq > 0) ? event.seq() : seq;
        }
        return seq;
    }

    @Nullable
    String token(Side side) {
        return side == Side.OFFERER ? offererToken : answererToken;
    }

    /** The state of {@code side} in the current generation. */
    SideContent content(Side side) {
        return content(side, generation);
    }

    private SideContent content(Side side, int generation) {
        String description = null;
        var candidates = new ArrayList<String>();
        boolean end = false;
        for (ObservedEvent event : events) {
            if (event.generation() == generation && event.side() == side) {
                switch (event.type()) {
                    case CANDIDATE -> candidates.add(String.valueOf(event.text()));
                    case END -> end = true;
                    default -> description = event.text();
                }
            }
        }
        return new SideContent(description, List.copyOf(candidates), end);
    }

    /** Whether the offerer sent all of it before its first new offer. */
    boolean wasOpenedWith(Operation.Open operation) {
        SideContent first = content(Side.OFFERER, 1);
        return first.candidates().containsAll(operation.candidates()) && (first.end() || !operation.end());
    }

    ModelSession answered(Operation.Answer operation) {
        return with(operation.token(), generation, expiresAt, events)
                .with(ANSWER, Side.ANSWERER, operation.answer())
                .trickled(Side.ANSWERER, operation.candidates(), operation.end());
    }

    /** Adds candidates that are new in this generation, in their order. */
    ModelSession trickled(Side side, List<String> candidates, boolean end) {
        ModelSession life = this;
        for (String candidate : candidates) {
            if (!life.content(side).candidates().contains(candidate)) {
                life = life.with(CANDIDATE, side, candidate);
            }
        }
        return end && !life.content(side).end() ? life.with(END, side, null) : life;
    }

    ModelSession restarted(String offer) {
        return with(answererToken, generation + 1, expiresAt, events).with(OFFER, Side.OFFERER, offer);
    }

    ModelSession until(long then) {
        return with(answererToken, generation, then, events);
    }

    private ModelSession with(String type, Side side, @Nullable String text) {
        var more = new ArrayList<>(events);
        more.add(new ObservedEvent(seq() + 1, type, side, generation, text));
        return with(answererToken, generation, expiresAt, List.copyOf(more));
    }

    private ModelSession with(
            @Nullable String answererToken, int generation, long expiresAt, List<ObservedEvent> events) {
        return new ModelSession(number, topic, ttlSeconds, offererToken, answererToken, generation, expiresAt, events);
    }
}
