package dev.parley.histories;

import static dev.parley.histories.Happening.ANSWER;
import static dev.parley.histories.Happening.CANDIDATE;
import static dev.parley.histories.Happening.END;
import static dev.parley.histories.Happening.OFFER;

import dev.parley.session.Side;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session between its opening and its end: the whole of what the model knows. Everything else follows from its events.
 *
 * @param offererToken whose token it is; null where the side goes without
 * @param answererToken that of who answered last, whatever the generation
 */
record Life(
        @Nullable String offererToken,
        @Nullable String answererToken,
        int generation,
        long expiresAt,
        List<Happening> events) {

    static Life opened(Ask.Open ask, long now) {
        Life fresh = new Life(ask.token(), null, 1, now + 1000L * ask.ttlSeconds(), List.of())
                .with(OFFER, Side.OFFERER, ask.offer());
        return fresh.trickled(Side.OFFERER, ask.candidates(), ask.end());
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
        return saying(Side.ANSWERER).description();
    }

    @Nullable
    String token(Side side) {
        return side == Side.OFFERER ? offererToken : answererToken;
    }

    /** What {@code side} has said in the current generation. */
    Saying saying(Side side) {
        String description = null;
        var candidates = new ArrayList<String>();
        boolean end = false;
        for (Happening event : events) {
            if (event.generation() == generation && event.side() == side) {
                switch (event.type()) {
                    case CANDIDATE -> candidates.add(String.valueOf(event.text()));
                    case END -> end = true;
                    default -> description = event.text();
                }
            }
        }
        return new Saying(description, List.copyOf(candidates), end);
    }

    Life answered(Ask.Answer ask) {
        return new Life(offererToken, ask.token(), generation, expiresAt, events)
                .with(ANSWER, Side.ANSWERER, ask.answer())
                .trickled(Side.ANSWERER, ask.candidates(), ask.end());
    }

    /** Adds what the side has not said yet in this generation, in the order in which it comes. */
    Life trickled(Side side, List<String> candidates, boolean end) {
        Life life = this;
        for (String candidate : candidates) {
            if (!life.saying(side).candidates().contains(candidate)) {
                life = life.with(CANDIDATE, side, candidate);
            }
        }
        return end && !life.saying(side).end() ? life.with(END, side, null) : life;
    }

    Life restarted(String offer) {
        return new Life(offererToken, answererToken, generation + 1, expiresAt, events)
                .with(OFFER, Side.OFFERER, offer);
    }

    Life until(long then) {
        return new Life(offererToken, answererToken, generation, then, events);
    }

    private Life with(String type, Side side, @Nullable String text) {
        var more = new ArrayList<>(events);
        more.add(new Happening(seq() + 1, type, side, generation, text));
        return new Life(offererToken, answererToken, generation, expiresAt, List.copyOf(more));
    }
}
