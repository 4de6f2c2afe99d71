package dev.parley.contract;

import static dev.parley.contract.Awaited.result;

import dev.parley.session.Description;
import dev.parley.session.Event;
import dev.parley.session.Namespace;
import dev.parley.session.Opening.Joined;
import dev.parley.session.Session;
import dev.parley.session.Session.SessionVersion;
import dev.parley.session.Session.SideState;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.Side;
import dev.parley.session.Trickle;
import dev.parley.session.Trickle.Trickled;
import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One session with both peers; each call waits for its result.
 *
 * @param offerer the offerer's token
 * @param answerer the answerer's token
 */
record TestSession(Signaling signaling, SessionKey key, SessionToken offerer, SessionToken answerer) {
    /** The session of the same code in another namespace, if there is one. */
    TestSession in(Namespace namespace) {
        return new TestSession(signaling, new SessionKey(namespace, key.code()), offerer, answerer);
    }

    SessionToken token(Side side) {
        return side == Side.OFFERER ? offerer : answerer;
    }

    Joined answer(String answer) {
        return answer(answerer, answer, null, Trickle.NOTHING);
    }

    Joined answer(@Nullable SessionToken own, String answer, @Nullable Integer generation, Trickle trickle) {
        return result(signaling.answer(key, Description.of(answer), generation, trickle, own));
    }

    Joined answerWithoutToken(String answer) {
        return answerAs(null, answer);
    }

    /** As the compatible API answers. */
    Joined answerAs(@Nullable SessionToken token, String answer) {
        return result(signaling.answerWithoutToken(key, Description.of(answer), token));
    }

    Trickled trickle(Side side, Trickle trickle) {
        return trickle(token(side), trickle, null);
    }

    Trickled trickle(@Nullable SessionToken token, Trickle trickle, @Nullable Integer generation) {
        return result(signaling.trickle(key, token, trickle, generation));
    }

    Trickled trickleAs(Side side, @Nullable SessionToken token, Trickle trickle) {
        return result(signaling.trickleAs(key, side, token, trickle));
    }

    Joined restart(String offer) {
        return restart(offerer, (Long) null, offer);
    }

    /** @param seq of the state that the offer replaces; null for any */
    Joined restart(@Nullable SessionToken token, @Nullable Long seq, String offer) {
        if (seq == null) {
            return restart(token, (List<SessionVersion>) null, offer);
        }
        SessionVersion now = session().version();
        return restart(token, List.of(new SessionVersion(now.incarnation(), seq, now.expiresAt())), offer);
    }

    Joined restart(@Nullable SessionToken token, @Nullable List<SessionVersion> versions, String offer) {
        return result(signaling.restart(key, token, versions, Description.of(offer)));
    }

    Instant extend(@Nullable SessionToken token, Duration ttl) {
        return result(signaling.extend(key, token, ttl)).expiresAt();
    }

    SessionVersion close() {
        return close(offerer);
    }

    SessionVersion close(@Nullable SessionToken token) {
        return result(signaling.close(key, token));
    }

    Session session() {
        return result(signaling.session(ReadFrom.PRIMARY, key));
    }

    SideState side(Side side) {
        return result(signaling.side(ReadFrom.PRIMARY, key, side));
    }

    /** All of them. */
    List<Event> follow(long incarnation, long after) {
        return result(signaling.follow(ReadFrom.PRIMARY, key, incarnation, after, 10))
                .list();
    }

    List<Event> events() {
        return events(0, Integer.MAX_VALUE);
    }

    List<Event> events(long after, int limit) {
        return result(signaling.events(ReadFrom.PRIMARY, key, after, limit)).list();
    }
}
