package dev.parley.signaling;

import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Event.Events;
import dev.parley.session.Lease;
import dev.parley.session.Listing;
import dev.parley.session.Listing.Identified;
import dev.parley.session.Listing.Waiting;
import dev.parley.session.Namespace;
import dev.parley.session.Opening;
import dev.parley.session.Opening.Joined;
import dev.parley.session.Page;
import dev.parley.session.Page.Cursor;
import dev.parley.session.Session;
import dev.parley.session.Session.SessionVersion;
import dev.parley.session.Session.SideState;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.Side;
import dev.parley.session.SignalingException.AlreadyAnswered;
import dev.parley.session.SignalingException.CodeTaken;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.SignalingException.OtherGeneration;
import dev.parley.session.SignalingException.OutOfBounds;
import dev.parley.session.SignalingException.SessionChanged;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.session.SignalingException.StoreFull;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.session.SignalingException.TokenMissing;
import dev.parley.session.SignalingException.TokenRefused;
import dev.parley.session.TokenHash;
import dev.parley.session.TopicKey;
import dev.parley.session.TopicPage;
import dev.parley.session.TopicPage.TopicCount;
import dev.parley.session.Trickle;
import dev.parley.session.Trickle.Trickled;
import dev.parley.store.Database;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.store.sql.Change;
import dev.parley.store.sql.Discovery;
import dev.parley.store.sql.Guarded;
import dev.parley.store.sql.LeaseStore;
import dev.parley.store.sql.RowVersion;
import dev.parley.store.sql.SessionState;
import dev.parley.store.sql.SessionStore;
import dev.parley.store.sql.SessionTransaction;
import dev.parley.waiting.WaitRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The use cases of a peer. Every change is one guarded statement, and whether it hit decides; only after a miss is the session's state
 * read, to explain the refusal or to recognize a request that was accepted before.
 *
 * <p>On PostgreSQL other transactions may commit between the guard and that read. So the read locks the session, and where its state
 * gives no reason to refuse, the guard is tried once more.
 *
 * <p>No method waits for another thread; a read of SQLite runs on the caller's. Refusals are {@link
 * dev.parley.session.SignalingException}s, and whatever is refused changed nothing. Thrown at once: {@link OutOfBounds} for what exceeds
 * a limit, {@link TokenMissing} where a token is required. In the stage: {@link SessionNotFound} where no live session has the code in
 * this namespace, {@link StoreFull} where a quota or the disk has no room, {@link StoreUnavailable}, and what the methods name.
 */
@Singleton
public final class Signaling {
    private static final int OPENINGS_MAX = 20;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final Database database;
    private final SessionStore sessions;
    private final Discovery discovery;
    private final WaitRegistry waits;
    private final Limits limits;
    private final int candidatesMax;
    private final InstantSource clock;
    private final SecureRandom random;

    public Signaling(
            Database database,
            SessionStore sessions,
            Discovery discovery,
            WaitRegistry waits,
            SessionConfig config,
            InstantSource clock,
            SecureRandom random) {
        this.database = database;
        this.sessions = sessions;
        this.discovery = discovery;
        this.waits = waits;
        this.limits = new Limits(config);
        this.candidatesMax = config.candidatesPerSideMax();
        this.clock = clock;
        this.random = random;
    }

    /** A guarded change of a live session. */
    private interface Attempt<T> {
        Guarded<Outcome<T>> run(SessionTransaction tx) throws SQLException;
    }

    /** Decides on a session whose guard missed: throws the refusal, or returns the outcome of a replay or of a second attempt. */
    private interface Explanation<T> {
        Outcome<T> of(SessionTransaction tx, SessionState state) throws SQLException;
    }

    /**
     * What the caller receives, and of what waiting clients are notified.
     *
     * @param change null for a replay that changed nothing
     * @param topic whose list the request has changed, now or when it was accepted before; null for none
     */
    private record Outcome<T>(
            T result, @Nullable Change change, @Nullable String topic) {
        Outcome(T result, Change change) {
            this(result, change, change.topic());
        }
    }

    /** Runs {@code attempt}, and {@code explain} where its guard misses; notifies the waiting clients after the commit. */
    private <T> CompletionStage<Served<T>> change(SessionKey key, Attempt<T> attempt, Explanation<T> explain) {
        CompletionStage<Served<Outcome<T>>> change = database.write(statements -> {
            var tx = new SessionTransaction(statements, key, clock.instant());
            Optional<Outcome<T>> hit = attempt.run(tx).result();
            if (hit.isPresent()) {
                return hit.get();
            }
            return explain.of(tx, sessions.state(tx).orElseThrow(SessionNotFound::new));
        });
        return onCallersLoop(change.thenApply(served -> {
            notifySession(key, served);
            notifyTopic(key, served.result());
            return served.with(served.result().result);
        }));
    }

    /** Completes on the event loop that calls: the thread that commits only notifies, in commit order, and makes no replies. */
    static <T> CompletionStage<T> onCallersLoop(CompletionStage<T> stage) {
        Context loop = Vertx.currentContext();
        return loop == null
                ? stage
                : stage.whenCompleteAsync((result, failure) -> {}, task -> loop.runOnContext(now -> task.run()));
    }

    /** A replay is notified too, because the notification may have been lost with the reply: where the connection broke in COMMIT. */
    private <T> void notifySession(SessionKey key, Served<Outcome<T>> served) {
        Change change = served.result().change;
        if (change == null) {
            waits.committed(key);
        } else {
            waits.committed(key, change.row().seq(), served.with(change.events()));
        }
    }

    private void notifyTopic(SessionKey key, Outcome<?> outcome) {
        if (outcome.topic != null) {
            waits.committed(new TopicKey(key.namespace(), outcome.topic));
        }
    }

    /**
     * Opens a session; the caller becomes its offerer. A repeated call with the same code, token and offer finds the session that the
     * first one opened, and adds the candidates that are not stored yet.
     *
     * @throws CodeTaken in the stage, if a live session has the code, or the repeated call differs in topic, peerId, tags or ttl
     */
    public CompletionStage<Served<Joined>> open(Namespace namespace, Opening opening) {
        return open(namespace, opening, (Lease) null);
    }

    /** As {@link #open(Namespace, Opening)}; the session, found or new, is closed when the lease ends. */
    public CompletionStage<Served<Joined>> open(Namespace namespace, Opening opening, @Nullable Lease lease) {
        Duration ttl = limits.admit(opening);
        SessionToken token = opening.token() == null ? SessionToken.random(random) : opening.token();
        return open(namespace, opening, token, ttl, lease);
    }

    /** Opens a session whose offerer has no token: the code alone is the capability, as in the compatible API. */
    public CompletionStage<Served<Joined>> openWithoutToken(Namespace namespace, Opening opening) {
        return open(namespace, opening, null, limits.admit(opening), null);
    }

    private CompletionStage<Served<Joined>> open(
            Namespace namespace, Opening opening, @Nullable SessionToken token, Duration ttl, @Nullable Lease lease) {
        Code code = opening.code() == null ? Code.random(random) : opening.code();
        var key = new SessionKey(namespace, code);
        TokenHash hash = hash(token);
        long incarnation = random.nextLong();
        CompletionStage<Served<Outcome<Joined>>> joining = database.write(statements -> {
            if (lease != null) {
                LeaseStore.register(statements, lease.node());
            }
            // A code that is taken may be free again when the state is read, unless other callers are faster again.
            for (int attempt = 1; attempt <= OPENINGS_MAX; attempt++) {
                var tx = new SessionTransaction(statements, key, clock.instant());
                boolean room = database.takeRoom(opening.bytes());
                Guarded<Change> opened = room ? sessions.open(tx, opening, hash, incarnation, ttl) : Guarded.missed();
                if (opened.result().isPresent()) {
                    takeLease(tx, hash, lease);
                    return joined(key, Side.OFFERER, token, opened.result().get());
                }
                Optional<SessionState> state = sessions.state(tx);
                if (state.isPresent()) {
                    refuseOtherOpening(state.get(), opening, hash, ttl);
                    Outcome<Joined> replayed = replayed(tx, Side.OFFERER, token, state.get(), opening.trickle(), 1);
                    takeLease(tx, hash, lease);
                    return replayed;
                }
                if (!room) {
                    throw StoreFull.forNewSessions();
                }
                opened.refuseIfFull();
            }
            throw new StoreUnavailable("The code is taken and released repeatedly; try again.", RETRY_AFTER);
        });
        return onCallersLoop(joining.thenApply(served -> {
            Joined joined = served.result().result;
            if (joined.replay()) { // nobody waits for a session that is new
                notifySession(key, served);
            }
            notifyTopic(key, served.result());
            return served.with(joined);
        }));
    }

    private static void takeLease(SessionTransaction tx, @Nullable TokenHash token, @Nullable Lease lease)
            throws SQLException {
        if (lease != null && token != null) {
            LeaseStore.take(tx, token, lease);
        }
    }

    private static void refuseOtherOpening(
            SessionState state, Opening opening, @Nullable TokenHash token, Duration ttl) {
        if (!state.isOpenedBy(opening, token)) {
            throw new CodeTaken();
        }
        state.differenceTo(opening, ttl).ifPresent(field -> {
            throw CodeTaken.openedWithAnother(field);
        });
    }

    /**
     * The reply to a request that was accepted before. What it adds is stored: the first reply may have been lost, and the caller has
     * gathered more candidates since.
     *
     * @param generation to which the request belongs
     */
    private Outcome<Joined> replayed(
            SessionTransaction tx,
            Side side,
            @Nullable SessionToken token,
            SessionState state,
            Trickle trickle,
            int generation)
            throws SQLException {
        RowVersion row = state.row();
        long first = side == Side.OFFERER ? 1 : state.answerSeq();
        long latest = row.seq();
        Trickle fresh = trickle.size() == 0 ? trickle : sessions.withoutKnown(tx, side, generation, trickle);
        Change change = null;
        if (fresh.size() > 0) {
            if (generation != row.generation()) {
                throw CodeTaken.continued();
            }
            change = sessions.trickleAs(tx, side, hash(token), fresh, candidatesMax)
                    .orRefuse(this::tooManyCandidates);
            latest = change.row().seq();
        }
        long own = sessions.lastOwn(tx, row.id(), side, first, latest);
        var version = new SessionVersion(row.incarnation(), own, row.expiresAt());
        var joined = new Joined(tx.key().code(), side, token, own, row.generation(), version, true);
        return new Outcome<>(joined, change, state.topic());
    }

    /**
     * Answers the current generation, or {@code generation} if that is the current one. The first answer is final; a repeated call with
     * the same token and answer finds its own, and adds the candidates that are not stored yet. Only the first answerer may answer later
     * generations.
     *
     * @throws AlreadyAnswered in the stage, if another answer was accepted
     * @throws OtherGeneration in the stage, if {@code generation} is not current
     * @throws TokenRefused in the stage, if {@code token} is the offerer's, or another peer has answered an earlier generation
     */
    public CompletionStage<Served<Joined>> answer(
            SessionKey key,
            Description answer,
            @Nullable Integer generation,
            Trickle trickle,
            @Nullable SessionToken token) {
        SessionToken own = token == null ? SessionToken.random(random) : token;
        return answerAs(own, key, answer, generation, trickle);
    }

    /**
     * Answers the current generation, as in the compatible API; the same answer again is a replay.
     *
     * @param token the answerer's; null for none, which suffices unless the answerer of an earlier generation has one
     */
    public CompletionStage<Served<Joined>> answerWithoutToken(
            SessionKey key, Description answer, @Nullable SessionToken token) {
        return answerAs(token, key, answer, null, Trickle.NOTHING);
    }

    private CompletionStage<Served<Joined>> answerAs(
            @Nullable SessionToken token,
            SessionKey key,
            Description answer,
            @Nullable Integer generation,
            Trickle trickle) {
        limits.admit("answer", answer);
        limits.admit(trickle);
        TokenHash hash = hash(token);
        return change(
                key,
                tx -> sessions.answer(tx, answer, generation, trickle, hash, candidatesMax)
                        .map(change -> joined(key, Side.ANSWERER, token, change)),
                (tx, state) -> {
                    refuseOtherGeneration(state, generation);
                    if (hash != null && hash.equals(state.offererToken())) {
                        throw new TokenRefused("This is the offerer's token; the answerer brings its own, or none.");
                    }
                    int current = state.row().generation();
                    if (state.isAnsweredBy(answer, hash)) {
                        return replayed(tx, Side.ANSWERER, token, state, trickle, current);
                    }
                    if (state.answer() != null) {
                        throw new AlreadyAnswered(current);
                    }
                    if (!state.mayAnswer(hash)) {
                        throw hash == null
                                ? new TokenMissing()
                                : new TokenRefused("Another peer has answered this session before,"
                                        + " and only that peer may answer its new offers; look for another session.");
                    }
                    Trickle fresh = sessions.withoutKnown(tx, Side.ANSWERER, current, trickle);
                    Change change = sessions.answer(tx, answer, generation, fresh, hash, candidatesMax)
                            .orRefuse(this::tooManyCandidates);
                    return joined(key, Side.ANSWERER, token, change);
                });
    }

    /**
     * Adds candidates for the side that {@code token} belongs to; each candidate is stored once per side and generation.
     *
     * @param generation the one that the candidates belong to; null for the current one
     * @throws OtherGeneration in the stage, if {@code generation} is not current
     * @throws TokenRefused in the stage, if {@code token} is neither side's
     */
    public CompletionStage<Served<Trickled>> trickle(
            SessionKey key, @Nullable SessionToken token, Trickle trickle, @Nullable Integer generation) {
        TokenHash hash = required(token);
        limits.admit(trickle);
        Attempt<Trickled> attempt = tx ->
                sessions.trickle(tx, hash, trickle, generation, candidatesMax).map(Signaling::trickled);
        return change(key, attempt, (tx, state) -> {
            Side side = state.sideOf(hash).orElseThrow(() -> otherToken("either side's"));
            refuseOtherGeneration(state, generation);
            return trickleFresh(tx, side, hash, state, trickle);
        });
    }

    /** Adds candidates for {@code side}; a token is needed only where the side has one, as in the compatible API. */
    public CompletionStage<Served<Trickled>> trickleAs(
            SessionKey key, Side side, @Nullable SessionToken token, Trickle trickle) {
        limits.admit(trickle);
        TokenHash hash = hash(token);
        Attempt<Trickled> attempt =
                tx -> sessions.trickleAs(tx, side, hash, trickle, candidatesMax).map(Signaling::trickled);
        return change(key, attempt, (tx, state) -> {
            TokenHash needed = state.token(side);
            if (needed != null && hash == null) {
                throw new TokenMissing();
            }
            if (needed != null && !needed.equals(hash)) {
                throw otherToken("the " + side.word() + "'s");
            }
            return trickleFresh(tx, side, needed, state, trickle);
        });
    }

    /** The guard missed for lack of room, or in a race that is over: candidates that the side already has need no room. */
    private Outcome<Trickled> trickleFresh(
            SessionTransaction tx, Side side, @Nullable TokenHash token, SessionState state, Trickle trickle)
            throws SQLException {
        Trickle fresh = sessions.withoutKnown(tx, side, state.row().generation(), trickle);
        return trickled(
                sessions.trickleAs(tx, side, token, fresh, candidatesMax).orRefuse(this::tooManyCandidates));
    }

    private static Outcome<Trickled> trickled(Change change) {
        return new Outcome<>(change.trickled(), change);
    }

    /**
     * Replaces the offer and starts a new generation, unanswered; the events of earlier generations remain readable.
     *
     * @param versions the states of the session that the offer may replace; null for any
     * @throws SessionChanged in the stage, if the session is at none of {@code versions}
     * @throws TokenRefused in the stage, if {@code token} is not the offerer's
     */
    public CompletionStage<Served<Joined>> restart(
            SessionKey key, @Nullable SessionToken token, @Nullable List<SessionVersion> versions, Description offer) {
        TokenHash hash = required(token);
        limits.admit("offer", offer);
        boolean single = versions == null || versions.size() == 1;
        return change(
                key,
                tx -> single
                        ? sessions.restart(tx, hash, versions == null ? null : versions.get(0), offer)
                                .map(change -> joined(key, Side.OFFERER, null, change))
                        : Guarded.missed(), // a header may list hundreds: the session's state decides which one to try
                (tx, state) -> {
                    if (!hash.equals(state.offererToken())) {
                        throw otherToken("the offerer's");
                    }
                    if (versions != null && !versions.contains(state.row().version())) {
                        throw new SessionChanged();
                    }
                    Change change = sessions.restart(tx, hash, null, offer).orRefuse(Signaling::missedAgain);
                    return joined(key, Side.OFFERER, null, change);
                });
    }

    /**
     * Extends the session to {@code ttl} from now; returns its version with the new end.
     *
     * @throws TokenRefused in the stage, if {@code token} is neither side's
     */
    public CompletionStage<Served<SessionVersion>> extend(SessionKey key, @Nullable SessionToken token, Duration ttl) {
        TokenHash hash = required(token);
        Duration granted = limits.admitTtl(ttl);
        Attempt<SessionVersion> extend =
                tx -> sessions.extend(tx, hash, tx.now().plus(granted)).map(Signaling::version);
        return change(key, extend, (tx, state) -> {
            if (state.sideOf(hash).isEmpty()) {
                throw otherToken("either side's");
            }
            return extend.run(tx).orRefuse(Signaling::missedAgain);
        });
    }

    /**
     * Deletes the session with all its events; clients that wait for it receive {@link dev.parley.session.Event.Closed}. Returns the
     * session's last version, with the number of that event.
     *
     * @throws TokenRefused in the stage, if {@code token} is not the offerer's
     */
    public CompletionStage<Served<SessionVersion>> close(SessionKey key, @Nullable SessionToken token) {
        TokenHash hash = required(token);
        Attempt<SessionVersion> close = tx -> sessions.close(tx, hash).map(Signaling::version);
        return change(key, close, (tx, state) -> {
            if (!hash.equals(state.offererToken())) {
                throw otherToken("the offerer's");
            }
            return close.run(tx).orRefuse(Signaling::missedAgain);
        });
    }

    /** One committed state of the session. */
    public CompletionStage<Served<Session>> session(ReadFrom from, SessionKey key) {
        return database.read(
                from, node -> sessions.session(node, key, clock.instant()).orElseThrow(SessionNotFound::new));
    }

    /** The description and candidates of {@code side} in the current generation. */
    public CompletionStage<Served<SideState>> side(ReadFrom from, SessionKey key, Side side) {
        return database.read(
                from, node -> sessions.side(node, key, side, clock.instant()).orElseThrow(SessionNotFound::new));
    }

    /** The events after number {@code after}, in their order; empty where there are none yet. */
    public CompletionStage<Served<Events>> events(ReadFrom from, SessionKey key, long after, int limit) {
        return database.read(
                from,
                node -> sessions.events(node, key, after, limit, clock.instant())
                        .orElseThrow(SessionNotFound::new));
    }

    /**
     * As {@link #events}, of the session with this {@code incarnation} only, for a client that has waited for it. If the session was
     * closed meanwhile, the last event is {@link dev.parley.session.Event.Closed}; if it expired, this fails with
     * {@link SessionNotFound}, even if another session has the code.
     */
    public CompletionStage<Served<Events>> follow(
            ReadFrom from, SessionKey key, long incarnation, long after, int limit) {
        return database.read(
                from,
                node -> sessions.follow(node, key, incarnation, after, limit, clock.instant())
                        .orElseThrow(SessionNotFound::new));
    }

    /** Checks that the store can be read, and reads nothing else. */
    public CompletionStage<Served<Boolean>> checkReadable(ReadFrom from) {
        return database.read(from, SessionStore::isReadable);
    }

    /** Unanswered sessions, newest first; a null {@code topic} or {@code tag} matches all. */
    public CompletionStage<Served<Page<Listing>>> discover(
            ReadFrom from,
            Namespace namespace,
            @Nullable String topic,
            @Nullable String tag,
            @Nullable Cursor after,
            int limit) {
        refuseNul("topic", topic);
        refuseNul("tag", tag);
        return database.scan(
                from,
                discovery.work(repository -> repository.open(namespace, topic, tag, clock.instant(), after, limit)));
    }

    /**
     * Checks the length of the name of a session or a topic to watch; the other one is null.
     *
     * @throws SignalingException.OutOfBounds if no session can have it
     */
    public void admitWatch(@Nullable String code, @Nullable String topic) {
        limits.admitNames(code, topic);
    }

    /** The newest unanswered sessions of a topic, at most {@code limit}, newest first, from the primary. */
    public CompletionStage<Served<List<Identified>>> listed(TopicKey topic, int limit) {
        return database.scan(ReadFrom.PRIMARY, node -> sessions.listed(node, topic, limit, clock.instant()));
    }

    /** The unanswered sessions of a topic with their offers and candidates, newest first. */
    public CompletionStage<Served<List<Waiting>>> waiting(ReadFrom from, Namespace namespace, String topic, int limit) {
        refuseNul("topic", topic);
        return database.scan(from, node -> sessions.waiting(node, namespace, topic, limit, clock.instant()));
    }

    /** Topics with unanswered sessions, in alphabetical order. */
    public CompletionStage<Served<Page<TopicCount>>> topics(
            ReadFrom from, Namespace namespace, String prefix, @Nullable Cursor after, int limit) {
        refuseNul("prefix", prefix);
        return database.scan(
                from,
                discovery.work(repository -> repository.topics(namespace, prefix, clock.instant(), after, limit)));
    }

    /** A numbered page of topics, and the number of topics in all. */
    public CompletionStage<Served<TopicPage>> topicPage(ReadFrom from, Namespace namespace, int offset, int limit) {
        return database.scan(
                from, discovery.work(repository -> repository.topicPage(namespace, clock.instant(), offset, limit)));
    }

    /** Stored text never contains U+0000, and PostgreSQL does not accept it as a parameter. */
    private static void refuseNul(String name, @Nullable String text) {
        if (text != null && text.indexOf('\0') >= 0) {
            throw new Malformed(name + " must not contain U+0000.");
        }
    }

    private static void refuseOtherGeneration(SessionState state, @Nullable Integer generation) {
        int current = state.row().generation();
        if (generation != null && generation != current) {
            throw new OtherGeneration(current);
        }
    }

    private OutOfBounds tooManyCandidates() {
        return new OutOfBounds(
                "candidates", "A side may add at most " + candidatesMax + " candidates in a generation.");
    }

    /** The session is locked, and its state fits the guard. */
    private static IllegalStateException missedAgain() {
        return new IllegalStateException("A guard missed a session whose state fits it");
    }

    private static TokenRefused otherToken(String whose) {
        return new TokenRefused("Session-Token is not " + whose + " token of this session.");
    }

    private static TokenHash required(@Nullable SessionToken token) {
        if (token == null) {
            throw new TokenMissing();
        }
        return token.hash();
    }

    private static @Nullable TokenHash hash(@Nullable SessionToken token) {
        return token == null ? null : token.hash();
    }

    private static Outcome<Joined> joined(SessionKey key, Side side, @Nullable SessionToken token, Change change) {
        RowVersion row = change.row();
        var joined = new Joined(key.code(), side, token, row.seq(), row.generation(), row.version(), false);
        return new Outcome<>(joined, change);
    }

    private static Outcome<SessionVersion> version(Change change) {
        return new Outcome<>(change.row().version(), change);
    }
}
