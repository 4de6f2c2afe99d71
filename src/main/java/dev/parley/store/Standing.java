package dev.parley.store;

import dev.parley.session.Description;
import dev.parley.session.Opening;
import dev.parley.session.Side;
import dev.parley.session.TokenHash;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a session stands, read in the same transaction after a guard missed: enough to tell the caller why, and to recognise a
 * request that was accepted before.
 *
 * @param firstOffer the offer that opened the session
 * @param answer the current generation's
 */
public record Standing(
        Place place,
        @Nullable TokenHash offererToken,
        @Nullable TokenHash answererToken,
        @Nullable String peerId,
        Description firstOffer,
        @Nullable Description answer) {

    /** The token that {@code side} needs, or null where it goes without one. */
    public @Nullable TokenHash token(Side side) {
        return side == Side.OFFERER ? offererToken : answererToken;
    }

    /** The side that a token belongs to, or nothing for a stranger's. */
    public Optional<Side> sideOf(TokenHash token) {
        if (token.equals(offererToken)) {
            return Optional.of(Side.OFFERER);
        }
        return token.equals(answererToken) ? Optional.of(Side.ANSWERER) : Optional.empty();
    }

    /** Whether this is the session that the same request opened: the same token, or none, and the same offer and peer. */
    public boolean isOpenedBy(Opening opening, @Nullable TokenHash token) {
        return Objects.equals(token, offererToken)
                && opening.offer().equals(firstOffer)
                && Objects.equals(opening.peerId(), peerId);
    }

    /** Whether this is the answer that the same request gave: the same token, or none, and the same answer. */
    public boolean isAnsweredBy(Description answer, @Nullable TokenHash token) {
        return answer.equals(this.answer) && Objects.equals(token, answererToken);
    }
}
