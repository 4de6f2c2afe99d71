package dev.parley.campaigns.histories;

import dev.parley.campaigns.histories.OperationResult.Refused;
import dev.parley.session.Side;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The model: what lies under a code at one moment, and what comes of asking it. It is the contract of a session written down a
 * second time, in memory, one thing after another; of two such moments one is before the other.
 *
 * <p>Expiry is no step from one moment to the next. It follows from the time at which one asks, as in the store.
 *
 * @param life the session; null where none was opened, or it was deleted. One that has expired stays until its code is taken
 * @param closed the last event of the session that was deleted last, of which those hear who waited
 * @param opened how many sessions have had the code
 */
record Model(@Nullable ModelSession life, @Nullable ObservedEvent closed, int opened) {
    static final Model NOTHING = new Model(null, null, 0);

    private static final Refused NOT_FOUND = new Refused("session-not-found");
    private static final Refused STRANGE = new Refused("session-token-refused");
    private static final Refused MISSING = new Refused("session-token-missing");

    private static final Refused TAKEN = new Refused("code-taken");

    /** What is told, and what is there afterwards. */
    record Outcome(OperationResult told, Model after) {}

    /**
     * What an entity tag stands for.
     *
     * @param life which of the sessions that have had the code
     */
    record State(int life, long seq, long expiresAt) {}

    /** What the entity tag stands for that comes with {@code told} at this moment, where a session is. */
    State tagged(OperationResult told) {
        ModelSession there = Objects.requireNonNull(life);
        long seq = told instanceof OperationResult.Joined joined ? joined.seq() : there.seq();
        return new State(there.number(), seq, there.expiresAt());
    }

    /** Whether a tag that stands for {@code state} is that of this moment. */
    boolean is(State state) {
        return life != null && state.equals(new State(life.number(), life.seq(), life.expiresAt()));
    }

    /** What comes of asking now. */
    Outcome ask(Operation ask, boolean met, long now) {
        return ask(ask, met, now, now);
    }

    /**
     * What comes of asking now with a request that has been on its way since {@code begun}: an opening may have had to wait for
     * another's end, and lives from when it began to wait.
     *
     * @param met whether this moment is the one that the entity tag stands for which the request brings
     */
    Outcome ask(Operation ask, boolean met, long now, long begun) {
        ModelSession live = life != null && life.isLive(now) ? life : null;
        if (ask instanceof Operation.Open open) {
            return live == null ? open(open, begun) : openAgain(live, open);
        }
        if (ask instanceof Operation.Find find) {
            return same(find(live, find));
        }
        if (live == null) {
            return same(NOT_FOUND);
        }
        if (ask instanceof Operation.Answer answer) {
            return answer(live, answer);
        }
        if (ask instanceof Operation.Trickle trickle) {
            return trickle(live, trickle);
        }
        if (ask instanceof Operation.TrickleAs trickle) {
            return trickle(live, trickle);
        }
        if (ask instanceof Operation.Restart restart) {
            return restart(live, restart, met);
        }
        if (ask instanceof Operation.Extend extend) {
            return extend(live, extend, now);
        }
        if (ask instanceof Operation.Close close) {
            return close(live, close);
        }
        return same(read(live, (Operation.Read) ask, met));
    }

    /** Whether {@code told} is a reply to be expected of asking now. */
    boolean explains(Operation ask, boolean met, long now, OperationResult told) {
        return told.fits(ask(ask, met, now).told()) || hearsOfTheEnd(ask, told);
    }

    /** Who waited when the session was deleted is told that, and not that there is none. */
    private boolean hearsOfTheEnd(Operation ask, OperationResult told) {
        return closed != null
                && ask instanceof Operation.Follow follow
                && follow.waits()
                && closed.seq() > follow.after()
                && told.equals(new OperationResult.Happened(List.of(closed)));
    }

    private Outcome open(Operation.Open ask, long now) {
        ModelSession first = ModelSession.opened(ask, opened + 1, now);
        return new Outcome(joined(first, first.seq(), false), new Model(first, closed, opened + 1));
    }

    private Outcome openAgain(ModelSession live, Operation.Open ask) {
        boolean replay = Objects.equals(ask.token(), live.offererToken())
                && ask.offer().equals(live.firstOffer())
                && ask.topic() == live.topic()
                && ask.ttlSeconds() == live.ttlSeconds();
        if (!replay || (live.generation() > 1 && !live.wasOpenedWith(ask))) {
            return same(TAKEN);
        }
        ModelSession more = live.generation() > 1 ? live : live.trickled(Side.OFFERER, ask.candidates(), ask.end());
        return next(joined(more, more.seqBeforeAnswerer(), true), more);
    }

    private static OperationResult find(@Nullable ModelSession live, Operation.Find ask) {
        return live == null || live.hasAnswerer() || ask.topic() != live.topic()
                ? new OperationResult.Found(false, null)
                : new OperationResult.Found(true, new OperationResult.Heard(live.saying(Side.OFFERER), true));
    }

    private Outcome answer(ModelSession live, Operation.Answer ask) {
        if (ask.generation() != null && ask.generation() != live.generation()) {
            return same(new Refused("other-generation"));
        }
        if (ask.token() != null && ask.token().equals(live.offererToken())) {
            return same(STRANGE);
        }
        if (ask.answer().equals(live.answer()) && Objects.equals(ask.token(), live.answererToken())) {
            ModelSession more = live.trickled(Side.ANSWERER, ask.candidates(), ask.end());
            return next(joined(more, more.seqBehindAnswer(), true), more);
        }
        if (live.answer() != null) {
            return same(new Refused("already-answered"));
        }
        if (live.hasAnswerer() && !Objects.equals(ask.token(), live.answererToken())) {
            return same(ask.token() == null ? MISSING : STRANGE);
        }
        ModelSession answered = live.answered(ask);
        return next(joined(answered, answered.seq(), false), answered);
    }

    private Outcome trickle(ModelSession live, Operation.Trickle ask) {
        Optional<Side> side = List.of(Side.values()).stream()
                .filter(one -> ask.token().equals(live.token(one)))
                .findFirst();
        if (side.isEmpty()) {
            return same(STRANGE);
        }
        if (ask.generation() != null && ask.generation() != live.generation()) {
            return same(new Refused("other-generation"));
        }
        return trickle(live, side.get(), ask.candidates(), ask.end());
    }

    private Outcome trickle(ModelSession live, Operation.TrickleAs ask) {
        String needed = live.token(ask.side());
        if (needed != null && ask.token() == null) {
            return same(MISSING);
        }
        if (needed != null && !needed.equals(ask.token())) {
            return same(STRANGE);
        }
        return trickle(live, ask.side(), List.of(ask.candidate()), false);
    }

    private Outcome trickle(ModelSession live, Side side, List<String> candidates, boolean end) {
        ModelSession trickled = live.trickled(side, candidates, end);
        int added = trickled.saying(side).candidates().size()
                - live.saying(side).candidates().size();
        return next(new OperationResult.Trickled(trickled.seq(), added), trickled);
    }

    private Outcome restart(ModelSession live, Operation.Restart ask, boolean met) {
        if (!ask.token().equals(live.offererToken())) {
            return same(STRANGE);
        }
        if (ask.tag() != null && !met) {
            return same(new Refused("session-changed"));
        }
        ModelSession restarted = live.restarted(ask.offer());
        return next(joined(restarted, restarted.seq(), false), restarted);
    }

    private Outcome extend(ModelSession live, Operation.Extend ask, long now) {
        if (!ask.token().equals(live.offererToken()) && !ask.token().equals(live.answererToken())) {
            return same(STRANGE);
        }
        long then = now + 1000L * ask.ttlSeconds();
        return next(new OperationResult.Extended(then, null), live.until(then));
    }

    private Outcome close(ModelSession live, Operation.Close ask) {
        if (!ask.token().equals(live.offererToken())) {
            return same(STRANGE);
        }
        var last = new ObservedEvent(live.seq() + 1, ObservedEvent.CLOSED, Side.OFFERER, live.generation(), null);
        return new Outcome(new OperationResult.Done(), new Model(null, last, opened));
    }

    private static OperationResult read(ModelSession live, Operation.Read ask, boolean met) {
        if (ask instanceof Operation.Follow follow) {
            return new OperationResult.Happened(live.events().stream()
                    .filter(event -> event.seq() > follow.after())
                    .limit(follow.limit())
                    .toList());
        }
        if (ask instanceof Operation.Poll poll) {
            return new OperationResult.Heard(live.saying(poll.side().other()), true);
        }
        if (ask.tag() != null && met) {
            return new OperationResult.NotModified();
        }
        return new OperationResult.Seen(
                live.generation(),
                live.seq(),
                live.saying(Side.OFFERER),
                live.saying(Side.ANSWERER),
                live.expiresAt(),
                null);
    }

    private static OperationResult joined(ModelSession life, long seq, boolean replay) {
        return new OperationResult.Joined(seq, life.generation(), life.expiresAt(), replay, null);
    }

    private Outcome same(OperationResult told) {
        return new Outcome(told, this);
    }

    private Outcome next(OperationResult told, ModelSession then) {
        return new Outcome(told, then.equals(life) ? this : new Model(then, closed, opened));
    }
}
