package dev.parley.campaigns.histories;

import dev.parley.session.Side;
import org.jspecify.annotations.Nullable;

/**
 * An event of a session.
 *
 * @param type as in JSON: {@code offer}, {@code answer}, {@code candidate}, {@code end-of-candidates}, {@code closed}
 * @param text of the description or candidate; null for other types
 */
record ObservedEvent(
        long seq,
        String type,
        Side side,
        int generation,
        @Nullable String text) {
    static final String OFFER = "offer";
    static final String ANSWER = "answer";
    static final String CANDIDATE = "candidate";
    static final String END = "end-of-candidates";
    static final String CLOSED = "closed";

    @Override
    public String toString() {
        return seq + " " + (text == null ? side.word() + "'s " + type : type + " \"" + text + "\"");
    }
}
