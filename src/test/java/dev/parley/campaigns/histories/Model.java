package dev.parley.campaigns.histories;

import dev.parley.campaigns.histories.OperationResult.Refused;
import dev.parley.session.Side;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The model: the state under a code, and the reply to each operation. It is the contract of a session implemented sequentially in memory.
 *
 * <p>Expiry is not an operation; it depends on the time of a call, as in the store.
 *
 * @param life the session; null if none was opened, or it was deleted. An expired one remains until its code is reused
 * @param closed the last event of the latest deleted session, which its waiters receive
 * @param opened the number of sessions under the code so far
 */
record Model(@Nullable ModelSession life, @Nullable ObservedEvent closed, int opened) {
    static final Model NOTHING = new Model(null, null, 0);

    private static final Refused NOT_FOUND = new Refused("session-not-found");
    private static final Refused STRANGE = new Refused("session-token-refused");
    private static final Refused MISSING = new Refused("session-token-missing");

    private static final Refused TAKEN = new Refused("code-taken");

    /** The reply, and the state afterwards. */
    record Outcome(OperationResult result, Model after) {}

    /**
     * The state of an entity tag.
     *
     * @param life the number of the session under the code
     */
    record State(int life, long seq, long expiresAt) {}

    /** The state of the entity tag of {@code result}. */
    State tagged(OperationResult result) {
        ModelSession there = Objects.requireNonNull(life);
        long seq = result instanceof OperationResult.Joined joined ? joined.seq() : there.seq();
        return new State(there.number(), seq, there.expiresAt());
    }

    /** Whether {@code state} is the present one. */
    boolean is(State state) {
        return life != null && state.equals(new State(life.number(), life.seq(), life.expiresAt()));
    }

    /** The reply to an operation now. */
    Outcome call(Operation operation, boolean met, long now) {
        return call(operation, met, now, now);
    }

    /**
     * The reply to an operation now whose request began at {@code begun}: an opening may have waited for a transaction, and its lifetime begins
     * with the wait.
     *
     * @param met whether the present state satisfies the condition of the request
     */
    Outcome call(Operation operation, boolean met, long now, long begun) {
        ModelSession live = life != null && life.isLive(now) ? life : null;
        if (operation instanceof Operation.Open open) {
            return live == null ? open(open, begun) : openAgain(live, open);
        }
        if (operation instanceof Operation.Find find) {
            return same(find(live, find));
        }
        if (live == null) {
            return same(NOT_FOUND);
        }
        if (operation instanceof Operation.Answer answer) {
            return answer(live, answer);
        }
        if (operation instanceof Operation.Trickle trickle) {
            return trickle(live, trickle);
        }
        if (operation instanceof Operation.TrickleAs trickle) {
            return trickle(live, trickle);
        }
        if (operation instanceof Operation.Restart restart) {
            return restart(live, restart, met);
        }
        if (operation instanceof Operation.Extend extend) {
            return extend(live, extend, now);
        }
        if (operation instanceof Operation.Close close) {
            return close(live, close);
        }
        return same(read(live, (Operation.Read) operation, met));
    }

    /** Whether {@code result} is a valid reply now. */
    boolean explains(Operation operation, boolean met, long now, OperationResult result) {
        return result.fits(call(operation, met, now).result()) || hearsOfTheEnd(operation, result);
    }

    /** A client that waited when the session was deleted receives the event, not 404. */
    private boolean hearsOfTheEnd(Operation operation, OperationResult result) {
        return closed != null
                && operation instanceof Operation.Follow follow
                && follow.waits()
                && closed.seq() > follow.after()
                && result.equals(new OperationResult.EventsRead(List.of(closed)));
    }

    private Outcome open(Operation.Open operation, long now) {
        ModelSession first = ModelSession.opened(operation, opened + 1, now);
        return new Outcome(joined(first, first.seq(), false), new Model(first, closed, opened + 1));
    }

    private Outcome openAgain(ModelSession live, Operation.Open operation) {
        boolean replay = Objects.equals(operation.token(), live.offererToken())
                && operation.offer().equals(live.firstOffer())
                && operation.topic() == live.topic()
                && operation.ttlSeconds() == live.ttlSeconds();
        if (!replay || (live.generation() > 1 && !live.wasOpenedWith(operation))) {
            return same(TAKEN);
        }
        ModelSession more =
                live.generation() > 1 ? live : live.trickled(Side.OFFERER, operation.candidates(), operation.end());
        return next(joined(more, more.seqBeforeAnswerer(), true), more);
    }

    private static OperationResult find(@Nullable ModelSession live, Operation.Find operation) {
        return live == null || live.hasAnswerer() || operation.topic() != live.topic()
                ? new OperationResult.Found(false, null)
                : new OperationResult.Found(true, new OperationResult.SideRead(live.content(Side.OFFERER), true));
    }

    private Outcome answer(ModelSession live, Operation.Answer operation) {
        if (operation.generation() != null && operation.generation() != live.generation()) {
            return same(new Refused("other-generation"));
        }
        if (operation.token() != null && operation.token().equals(live.offererToken())) {
            return same(STRANGE);
        }
        if (operation.answer().equals(live.answer()) && Objects.equals(operation.token(), live.answererToken())) {
            ModelSession more = live.trickled(Side.ANSWERER, operation.candidates(), operation.end());
            return next(joined(more, more.seqBehindAnswer(), true), more);
        }
        if (live.answer() != null) {
            return same(new Refused("already-answered"));
        }
        if (live.hasAnswerer() && !Objects.equals(operation.token(), live.answererToken())) {
            return same(operation.token() == null ? MISSING : STRANGE);
        }
        ModelSession answered = live.answered(operation);
        return next(joined(answered, answered.seq(), false), answered);
    }

    private Outcome trickle(ModelSession live, Operation.Trickle operation) {
        Optional<Side> side = List.of(Side.values()).stream()
                .filter(one -> operation.token().equals(live.token(one)))
                .findFirst();
        if (side.isEmpty()) {
            return same(STRANGE);
        }
        if (operation.generation() != null && operation.generation() != live.generation()) {
            return same(new Refused("other-generation"));
        }
        return trickle(live, side.get(), operation.candidates(), operation.end());
    }

    private Outcome trickle(ModelSession live, Operation.TrickleAs operation) {
        String needed = live.token(operation.side());
        if (needed != null && operation.token() == null) {
            return same(MISSING);
        }
        if (needed != null && !needed.equals(operation.token())) {
            return same(STRANGE);
        }
        return trickle(live, operation.side(), List.of(operation.candidate()), false);
    }

    private Outcome trickle(ModelSession live, Side side, List<String> candidates, boolean end) {
        ModelSession trickled = live.trickled(side, candidates, end);
        int added = trickled.content(side).candidates().size()
                - live.content(side).candidates().size();
        return next(new OperationResult.Trickled(trickled.seq(), added), trickled);
    }

    private Outcome restart(ModelSession live, Operation.Restart operation, boolean met) {
        if (!operation.token().equals(live.offererToken())) {
            return same(STRANGE);
        }
        if (operation.tag() != null && !met) {
            return same(new Refused("session-changed"));
        }
        ModelSession restarted = live.restarted(operation.offer());
        return next(joined(restarted, restarted.seq(), false), restarted);
    }

    private Outcome extend(ModelSession live, Operation.Extend operation, long now) {
        if (!operation.token().equals(live.offererToken()) && !operation.token().equals(live.answererToken())) {
            return same(STRANGE);
        }
        long then = now + 1000L * operation.ttlSeconds();
        return next(new OperationResult.Extended(then, null), live.until(then));
    }

    private Outcome close(ModelSession live, Operation.Close operation) {
        if (!operation.token().equals(live.offererToken())) {
            return same(STRANGE);
        }
        var last = new ObservedEvent(live.seq() + 1, ObservedEvent.CLOSED, Side.OFFERER, live.generation(), null);
        return new Outcome(new OperationResult.Done(), new Model(null, last, opened));
    }

    private static OperationResult read(ModelSession live, Operation.Read operation, boolean met) {
        if (operation instanceof Operation.Follow follow) {
            return new OperationResult.EventsRead(live.events().stream()
                    .filter(event -> event.seq() > follow.after())
                    .limit(follow.limit())
                    .toList());
        }
        if (operation instanceof Operation.Poll poll) {
            return new OperationResult.SideRead(live.content(poll.side().other()), true);
        }
        if (operation.tag() != null && met) {
            return new OperationResult.NotModified();
        }
        return new OperationResult.Seen(
                live.generation(),
                live.seq(),
                live.content(Side.OFFERER),
                live.content(Side.ANSWERER),
                live.expiresAt(),
                null);
    }

    private static OperationResult joined(ModelSession life, long seq, boolean replay) {
        return new OperationResult.Joined(seq, life.generation(), life.expiresAt(), replay, null);
    }

    private Outcome same(OperationResult result) {
        return new Outcome(result, this);
    }

    private Outcome next(OperationResult result, ModelSession then) {
        return new Outcome(result, then.equals(life) ? this : new Model(then, closed, opened));
    }
}
