package dev.parley.contract;

import static dev.parley.contract.TestValues.candidates;
import static dev.parley.session.Side.ANSWERER;
import static dev.parley.session.Side.OFFERER;

import dev.parley.session.Trickle;
import java.time.Duration;

/** Each call that names a session, made by a peer that may make it, so that a test of all calls misses none. */
@SuppressWarnings("ImmutableEnumChecker") // a lambda that captures nothing does not change
enum SessionCall {
    ANSWER(false, session -> session.answer("a")),
    ANSWER_A_GENERATION(false, session -> session.answer(session.answerer(), "a", 1, Trickle.NOTHING)),
    ANSWER_WITHOUT_TOKEN(false, session -> session.answerWithoutToken("a")),
    TRICKLE_BY_OFFERER(true, session -> session.trickle(OFFERER, candidates("x"))),
    TRICKLE_BY_ANSWERER(true, session -> session.trickle(ANSWERER, candidates("x"))),
    TRICKLE_AS_OFFERER(true, session -> session.trickleAs(OFFERER, session.offerer(), candidates("x"))),
    TRICKLE_AS_ANSWERER(true, session -> session.trickleAs(ANSWERER, session.answerer(), candidates("x"))),
    TRICKLE_AS_ANSWERER_WITHOUT_TOKEN(false, session -> session.trickleAs(ANSWERER, null, candidates("x"))),
    RESTART(true, session -> session.restart("another offer")),
    RESTART_A_STATE(true, session -> session.restart(session.offerer(), 2L, "another offer")),
    EXTEND_BY_OFFERER(true, session -> session.extend(session.offerer(), Duration.ofMinutes(1))),
    EXTEND_BY_ANSWERER(true, session -> session.extend(session.answerer(), Duration.ofMinutes(1))),
    CLOSE(true, session -> session.close()),
    READ_SESSION(true, TestSession::session),
    READ_OFFERER(true, session -> session.side(OFFERER)),
    READ_ANSWERER(true, session -> session.side(ANSWERER)),
    READ_EVENTS(true, TestSession::events);

    private interface Making {
        void in(TestSession session);
    }

    private final boolean afterTheAnswer;
    private final Making making;

    SessionCall(boolean afterTheAnswer, Making making) {
        this.afterTheAnswer = afterTheAnswer;
        this.making = making;
    }

    void in(TestSession session) {
        making.in(session);
    }

    /** A session in which this call succeeds. */
    TestSession readySession(Peers peers, OpeningBuilder draft) {
        return afterTheAnswer ? peers.openAnswered(draft, "a") : peers.open(draft);
    }
}
