package dev.parley.store.sql;

import dev.parley.session.Description;
import dev.parley.session.Opening;
import dev.parley.session.Side;
import dev.parley.session.TokenHash;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a session stands, read in the same transaction after a guard missed: enough to tell the caller why, and to recognise a
 * request that was accepted before.
 *
 * @param answeredBefore whether an earlier generation was answered, so that only its answerer may answer this one
 * @param ttl as it was granted when the session was opened; null where an older version opened it
 * @param firstOffer the offer that opened the session
 * @param answer the current generation's
 * @param answerSeq the number of the answer's event; 0 without an answer
 */
public record SessionState(
        RowVersion place,
        @Nullable TokenHash offererToken,
        @Nullable TokenHash answererToken,
        boolean answeredBefore,
        @Nullable String topic,
        @Nullable String peerId,
        List<String> tags,
        @Nullable Duration ttl,
        Description firstOffer,
        @Nullable Description answer,
        long answerSeq) {

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

    /** Whether the same caller opened this session with the same offer: the same token, or none on both sides. */
    public boolean isOpenedBy(Opening opening, @Nullable TokenHash token) {
        return Objects.equals(token, offererToken) && opening.offer().equals(firstOffer);
    }

    /** The first field in which {@code opening} differs from the request that opened this session; nothing where none does. */
    public Optional<String> differenceTo(Opening opening, Duration granted) {
        if (!Objects.equals(opening.topic(), topic)) {
            return Optional.of("topic");
        }
        if (!Objects.equals(opening.peerId(), peerId)) {
            return Optional.of("peerId");
        }
        if (!opening.tags().equals(tags)) {
            return Optional.of("tags");
        }
        return ttl == null || ttl.equals(granted) ? Optional.empty() : Optional.of("ttl");
    }

    /** Whether the holder of {@code token}, or of none, may answer: anybody the first time, afterwards the first answerer. */
    public boolean mayAnswer(@Nullable TokenHash token) {
        return !answeredBefore || Objects.equals(token, answererToken);
    }

    /** Whether this is the answer that the same request gave: the same token, or none, and the same answer. */
    public boolean isAnsweredBy(Description answer, @Nullable TokenHash token) {
        return answer.equals(this.answer) && Objects.equals(token, answererToken);
    }
}
