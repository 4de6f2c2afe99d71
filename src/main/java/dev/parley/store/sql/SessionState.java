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
 * The state of a session, read in the same transaction after a guard missed: enough to explain the refusal, and to recognize a request
 * that was accepted before.
 *
 * @param answeredBefore whether an earlier generation was answered, so that only its answerer may answer this one
 * @param ttl as granted when the session was opened; null where an older version opened it
 * @param firstOffer the offer that opened the session
 * @param answer of the current generation
 * @param answerSeq the number of the answer's event; 0 without an answer
 */
public record SessionState(
        RowVersion row,
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

    /** The token of {@code side}, or null where it has none. */
    public @Nullable TokenHash token(Side side) {
        return side == Side.OFFERER ? offererToken : answererToken;
    }

    /** The side that a token belongs to, or nothing where it is neither's. */
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

    /** Whether the caller with {@code token}, or without one, may answer: anybody the first time, afterwards the first answerer. */
    public boolean mayAnswer(@Nullable TokenHash token) {
        return !answeredBefore || Objects.equals(token, answererToken);
    }

    /** Whether the same request was accepted before: the same token, or none, and the same answer. */
    public boolean isAnsweredBy(Description answer, @Nullable TokenHash token) {
        return answer.equals(this.answer) && Objects.equals(token, answererToken);
    }
}
