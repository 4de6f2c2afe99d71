package dev.parley.signaling;

import dev.parley.session.Code;
import dev.parley.session.Cursor;
import dev.parley.session.Description;
import dev.parley.session.Events;
import dev.parley.session.Joined;
import dev.parley.session.Limits;
import dev.parley.session.Listing;
import dev.parley.session.Namespace;
import dev.parley.session.Opening;
import dev.parley.session.Page;
import dev.parley.session.Session;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.SessionVersion;
import dev.parley.session.Side;
import dev.parley.session.SideState;
import dev.parley.session.SignalingException.AlreadyAnswered;
import dev.parley.session.SignalingException.CodeTaken;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.SignalingException.NamespaceFull;
import dev.parley.session.SignalingException.OtherGeneration;
import dev.parley.session.SignalingException.OutOfBounds;
import dev.parley.session.SignalingException.SessionChanged;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.session.SignalingException.StoreFull;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.session.SignalingException.TokenMissing;
import dev.parley.session.SignalingException.TokenRefused;
import dev.parley.session.TokenHash;
import dev.parley.session.TopicCount;
import dev.parley.session.Trickle;
import dev.parley.session.Trickled;
import dev.parley.session.Waiting;
import dev.parley.store.Database;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.store.Statements;
import dev.parley.store.Work;
import dev.parley.store.sql.QuotaStore;
import dev.parley.store.sql.RowVersion;
import dev.parley.store.sql.SessionState;
import dev.parley.store.sql.SessionStore;
import dev.parley.waiting.WaitRegistry;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What a peer can do. Every change is one guarded statement, and whether it hit decides; only when it missed is the session
 * looked at, to tell why or to recognise a request that had been accepted before.
 *
 * <p>On PostgreSQL other writers come in between the guard and the look. So the look holds the session, and where it finds no
 * reason to refuse the guard is tried once more.
 *
 * <p>Each method returns at once. A stage that fails with {@link dev.parley.session.SignalingException} changed nothing.
 */
@Singleton
public final class Signaling {
    private static final int OPENINGS_MAX = 20;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final Database database;
    private final WaitRegistry feed;
    private final SessionStore sessions = new SessionStore();
    private final Limits limits;
    private final QuotaStore ledger;
    private final InstantSource clock;
    private final SecureRandom random;

    public Signaling(Database database, WaitRegistry feed, Limits limits, InstantSource clock, SecureRandom random) {
        this.database = database;
        this.feed = feed;
        this.limits = limits;
        this.ledger = new QuotaStore(limits.quota());
        this.clock = clock;
        this.random = random;
    }

    /**
     * Opens a session; the caller becomes its offerer. A repeated call with the same code, token and offer finds the session
     * that the first one opened, and adds the candidates that are not stored yet.
     *
     * @throws CodeTaken in the stage, if a live session has the code, or the repeated call differs in topic, peerId, tags or ttl
     */
    public CompletionStage<Served<Joined>> open(Namespace namespace, Opening opening) {
        Duration ttl = limits.admit(opening);
        SessionToken token = opening.token() == null ? SessionToken.random(random) : opening.token();
        return open(namespace, opening, token, ttl);
    }

    /** Opens a session whose offerer has no token: the code alone is the capability, as in the compatible API. */
    public CompletionStage<Served<Joined>> openWithoutToken(Namespace namespace, Opening opening) {
        return open(namespace, opening, null, limits.admit(opening));
    }

    private CompletionStage<Served<Joined>> open(
            Namespace namespace, Opening opening, @Nullable SessionToken token, Duration ttl) {
        Code code = opening.code() == null ? Code.random(random) : opening.code();
        var key = new SessionKey(namespace, code);
        TokenHash hash = hash(token);
        long incarnation = random.nextLong();
        long bytes = opening.bytes();
        CompletionStage<Served<Joined>> joining = database.write(tx -> {
            for (int attempt = 1; ; attempt++) {
                Instant now = clock.instant();
                boolean allowed = ledger.hasRoomForSession(tx, namespace, bytes, now);
                boolean room = allowed && database.takeRoom(bytes);
                Optional<RowVersion> opened =
                        room ? sessions.open(tx, key, opening, hash, incarnation, ttl, now) : Optional.empty();
                if (opened.isPresent()) {
                    refuseUnless(ledger.chargeSession(tx, key, bytes));
                    return joined(key, Side.OFFERER, token, opened.get());
                }
                Optional<SessionState> standing = sessions.standing(tx, key, now);
                if (standing.isPresent()) {
                    refuseOtherOpening(standing.get(), opening, hash, ttl);
                    return replayed(tx, key, Side.OFFERER, token, standing.get(), opening.trickle(), 1, now);
                }
                refuseUnless(allowed);
                if (!room) {
                    throw StoreFull.forNewSessions();
                }
                // Who had the code has given it up since, so it is free now, unless others are faster again.
                if (attempt == OPENINGS_MAX) {
                    throw new StoreUnavailable("This code is taken and given up all the time; try again.", RETRY_AFTER);
                }
            }
        });
        return joining.thenApply(served -> {
            if (served.result().replay()) {
                feed.committed(key); // it may have added candidates
            }
            return served;
        });
    }

    private static void refuseOtherOpening(
            SessionState standing, Opening opening, @Nullable TokenHash token, Duration ttl) {
        if (!standing.isOpenedBy(opening, token)) {
            throw new CodeTaken();
        }
        standing.differenceTo(opening, ttl).ifPresent(field -> {
            throw CodeTaken.openedWithAnother(field);
        });
    }

    /**
     * A request that was accepted before. What it adds to that is stored: the first reply may have been lost, and the caller has
     * gathered more since.
     *
     * @param generation to which the request belongs
     */
    private Joined replayed(
            Statements tx,
            SessionKey key,
            Side side,
            @Nullable SessionToken token,
            SessionState standing,
            Trickle trickle,
            int generation,
            Instant now)
            throws SQLException {
        RowVersion place = standing.place();
        long first = side == Side.OFFERER ? 1 : standing.answerSeq();
        long latest = place.seq();
        Trickle fresh = trickle.size() == 0 ? trickle : sessions.withoutKnown(tx, key, side, generation, trickle, now);
        if (fresh.size() > 0) {
            if (generation != place.generation()) {
                throw CodeTaken.continued();
            }
            latest = addFresh(tx, key, fresh, as(tx, key, side, hash(token), now))
                    .seq();
        }
        long own = sessions.lastOwn(tx, key, place.id(), side, first, latest);
        var version = new SessionVersion(place.incarnation(), own, place.expiresAt());
        return new Joined(key.code(), side, token, own, place.generation(), version, true);
    }

    /**
     * Answers the current generation, or {@code generation} if that is the current one. The first answer is kept for good; a
     * repeated call with the same token and answer finds its own, and adds the candidates that are not stored yet. Whoever answers
     * first is the only one who may answer later generations.
     */
    public CompletionStage<Served<Joined>> answer(
            SessionKey key,
            Description answer,
            @Nullable Integer generation,
            Trickle trickle,
            @Nullable SessionToken own) {
        limits.admit("answer", answer);
        limits.admit(trickle);
        SessionToken token = own == null ? SessionToken.random(random) : own;
        return change(key, tx -> answer(tx, key, answer, generation, trickle, token));
    }

    /**
     * Answers the current generation, as in the compatible API; the same answer again is a replay.
     *
     * @param token the answerer's; null for none, which only an answerer with a token needs, for later generations
     */
    public CompletionStage<Served<Joined>> answerWithoutToken(
            SessionKey key, Description answer, @Nullable SessionToken token) {
        limits.admit("answer", answer);
        return change(key, tx -> answer(tx, key, answer, null, Trickle.NOTHING, token));
    }

    private Joined answer(
            Statements tx,
            SessionKey key,
            Description answer,
            @Nullable Integer generation,
            Trickle trickle,
            @Nullable SessionToken token)
            throws SQLException {
        Instant now = clock.instant();
        TokenHash hash = hash(token);
        int max = limits.candidatesPerSideMax();
        long bytes = answer.utf8().length + trickle.bytes();
        boolean allowed = ledger.hasRoom(tx, key.namespace(), bytes);
        Optional<RowVersion> answered =
                allowed ? sessions.answer(tx, key, answer, generation, trickle, hash, max, now) : Optional.empty();
        if (answered.isEmpty()) {
            SessionState standing = sessions.standing(tx, key, now).orElseThrow(SessionNotFound::new);
            refuseOtherGeneration(standing, generation);
            if (hash != null && hash.equals(standing.offererToken())) {
                throw new TokenRefused("This is the offerer's token; the answerer brings its own, or none.");
            }
            int current = standing.place().generation();
            if (standing.isAnsweredBy(answer, hash)) {
                return replayed(tx, key, Side.ANSWERER, token, standing, trickle, current, now);
            }
            if (standing.answer() != null) {
                throw new AlreadyAnswered(current);
            }
            if (!standing.mayAnswer(hash)) {
                throw hash == null
                        ? new TokenMissing()
                        : new TokenRefused("Another peer has answered this session before,"
                                + " and only that peer may answer its new offers; look for another session.");
            }
            refuseUnless(allowed);
            Trickle fresh = sessions.withoutKnown(tx, key, Side.ANSWERER, current, trickle, now);
            bytes = answer.utf8().length + fresh.bytes();
            answered = sessions.answer(tx, key, answer, generation, fresh, hash, max, now);
        }
        RowVersion place = answered.orElseThrow(this::tooManyCandidates);
        refuseUnless(ledger.charge(tx, key, bytes));
        return joined(key, Side.ANSWERER, token, place);
    }

    /**
     * Adds candidates for the side that {@code token} belongs to; each that the side has already stays once.
     *
     * @param generation the one that the candidates belong to, refused if it is not current; null for the current one
     */
    public CompletionStage<Served<Trickled>> trickle(
            SessionKey key, @Nullable SessionToken token, Trickle trickle, @Nullable Integer generation) {
        TokenHash hash = required(token);
        limits.admit(trickle);
        return change(key, tx -> {
            Instant now = clock.instant();
            Guarded guarded =
                    some -> sessions.trickle(tx, key, hash, some, generation, limits.candidatesPerSideMax(), now);
            Optional<Trickled> added = charged(tx, key, trickle, guarded);
            if (added.isPresent()) {
                return added.get();
            }
            SessionState standing = sessions.standing(tx, key, now).orElseThrow(SessionNotFound::new);
            Side side = standing.sideOf(hash).orElseThrow(() -> strange("either side's"));
            refuseOtherGeneration(standing, generation);
            return trickleWithoutKnown(tx, key, side, standing, trickle, guarded, now);
        });
    }

    /** Adds candidates for {@code side}; a token is needed only where the side has one, as in the compatible API. */
    public CompletionStage<Served<Trickled>> trickleAs(
            SessionKey key, Side side, @Nullable SessionToken token, Trickle trickle) {
        limits.admit(trickle);
        TokenHash given = hash(token);
        return change(key, tx -> {
            Instant now = clock.instant();
            Optional<Trickled> added = charged(tx, key, trickle, as(tx, key, side, given, now));
            if (added.isPresent()) {
                return added.get();
            }
            SessionState standing = sessions.standing(tx, key, now).orElseThrow(SessionNotFound::new);
            TokenHash needed = standing.token(side);
            if (needed != null && given == null) {
                throw new TokenMissing();
            }
            if (needed != null && !needed.equals(given)) {
                throw strange("the " + side.word() + "'s");
            }
            return trickleWithoutKnown(tx, key, side, standing, trickle, as(tx, key, side, needed, now), now);
        });
    }

    /** The guard missed for want of room, or in a race that is over now: what the side has already needs no room. */
    private Trickled trickleWithoutKnown(
            Statements tx,
            SessionKey key,
            Side side,
            SessionState standing,
            Trickle trickle,
            Guarded guarded,
            Instant now)
            throws SQLException {
        int generation = standing.place().generation();
        return addFresh(tx, key, sessions.withoutKnown(tx, key, side, generation, trickle, now), guarded);
    }

    private Trickled addFresh(Statements tx, SessionKey key, Trickle fresh, Guarded guarded) throws SQLException {
        Optional<Trickled> added = charged(tx, key, fresh, guarded);
        if (added.isEmpty()) {
            refuseUnless(ledger.hasRoom(tx, key.namespace(), fresh.bytes()));
        }
        return added.orElseThrow(this::tooManyCandidates);
    }

    /** A trickle behind its guard; nothing where that misses. */
    private interface Guarded {
        Optional<Trickled> add(Trickle trickle) throws SQLException;
    }

    private Guarded as(Statements tx, SessionKey key, Side side, @Nullable TokenHash token, Instant now) {
        return trickle -> sessions.trickleAs(tx, key, side, token, trickle, limits.candidatesPerSideMax(), now);
    }

    private Optional<Trickled> charged(Statements tx, SessionKey key, Trickle trickle, Guarded guarded)
            throws SQLException {
        if (!ledger.hasRoom(tx, key.namespace(), trickle.bytes())) {
            return Optional.empty(); // as if the guard had missed: what the side has already may still be accepted
        }
        Optional<Trickled> added = guarded.add(trickle);
        if (added.isPresent() && added.get().added() > 0) {
            refuseUnless(ledger.charge(tx, key, trickle.bytes()));
        }
        return added;
    }

    /**
     * Replaces the offer and starts a new generation, unanswered; what was said before stays in the events.
     *
     * @param versions the states of the session that the offer may replace, refused if it is at none of them; null for any
     */
    public CompletionStage<Served<Joined>> restart(
            SessionKey key, @Nullable SessionToken token, @Nullable List<SessionVersion> versions, Description offer) {
        TokenHash hash = required(token);
        limits.admit("offer", offer);
        return change(key, tx -> {
            Instant now = clock.instant();
            int bytes = offer.utf8().length;
            boolean allowed = ledger.hasRoom(tx, key.namespace(), bytes);
            Optional<RowVersion> restarted = allowed ? restart(tx, key, hash, versions, offer, now) : Optional.empty();
            if (restarted.isPresent()) {
                refuseUnless(ledger.charge(tx, key, bytes));
                return joined(key, Side.OFFERER, null, restarted.get());
            }
            SessionState standing = sessions.standing(tx, key, now).orElseThrow(SessionNotFound::new);
            if (!hash.equals(standing.offererToken())) {
                throw strange("the offerer's");
            }
            refuseUnless(allowed);
            if (versions != null && !versions.contains(standing.place().version())) {
                throw new SessionChanged();
            }
            RowVersion again = again(restart(tx, key, hash, versions, offer, now));
            refuseUnless(ledger.charge(tx, key, bytes));
            return joined(key, Side.OFFERER, null, again);
        });
    }

    private Optional<RowVersion> restart(
            Statements tx,
            SessionKey key,
            TokenHash token,
            @Nullable List<SessionVersion> versions,
            Description offer,
            Instant now)
            throws SQLException {
        if (versions == null || versions.size() == 1) {
            SessionVersion version = versions == null ? null : versions.get(0);
            return sessions.restart(tx, key, token, version, offer, now);
        }
        // A header holds hundreds of versions. The session is looked at once, and only the one that it is at is tried.
        Optional<SessionState> standing = sessions.standing(tx, key, now);
        return standing.isPresent() && versions.contains(standing.get().place().version())
                ? sessions.restart(tx, key, token, standing.get().place().version(), offer, now)
                : Optional.empty();
    }

    /** Lets the session live for {@code ttl} from now; returns its version with the new end. */
    public CompletionStage<Served<SessionVersion>> extend(SessionKey key, @Nullable SessionToken token, Duration ttl) {
        TokenHash hash = required(token);
        Duration granted = limits.admitTtl(ttl);
        return change(key, tx -> {
            Instant now = clock.instant();
            Instant then = now.plus(granted);
            Optional<RowVersion> extended = sessions.extend(tx, key, hash, then, now);
            if (extended.isEmpty()) {
                SessionState standing = sessions.standing(tx, key, now).orElseThrow(SessionNotFound::new);
                if (standing.sideOf(hash).isEmpty()) {
                    throw strange("either side's");
                }
                return again(sessions.extend(tx, key, hash, then, now)).version();
            }
            return extended.get().version();
        });
    }

    /** Deletes the session with all that was said in it. */
    public CompletionStage<Served<RowVersion>> close(SessionKey key, @Nullable SessionToken token) {
        TokenHash hash = required(token);
        return change(key, tx -> {
            Instant now = clock.instant();
            Optional<RowVersion> closed = sessions.close(tx, key, hash, now);
            if (closed.isPresent()) {
                return closed.get();
            }
            SessionState standing = sessions.standing(tx, key, now).orElseThrow(SessionNotFound::new);
            if (!hash.equals(standing.offererToken())) {
                throw strange("the offerer's");
            }
            return again(sessions.close(tx, key, hash, now));
        });
    }

    /** Changes the session, and wakes those who wait for it once that is committed. */
    private <T> CompletionStage<Served<T>> change(SessionKey key, Work<T> work) {
        return database.write(work).thenApply(served -> {
            feed.committed(key);
            return served;
        });
    }

    /** One committed state of the session. */
    public CompletionStage<Served<Session>> session(ReadFrom from, SessionKey key) {
        return database.read(
                from, node -> sessions.session(node, key, clock.instant()).orElseThrow(SessionNotFound::new));
    }

    /** What {@code side} has said in the current generation. */
    public CompletionStage<Served<SideState>> saidBy(ReadFrom from, SessionKey key, Side side) {
        return database.read(
                from, node -> sessions.saidBy(node, key, side, clock.instant()).orElseThrow(SessionNotFound::new));
    }

    /** The events behind number {@code after}, in their order; empty where there are none yet. */
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

    /** Reads nothing but that the store can be read. */
    public CompletionStage<Served<Boolean>> look(ReadFrom from) {
        return database.read(from, sessions::look);
    }

    /** Unanswered sessions, newest first; a null {@code topic} or {@code tag} asks for all. */
    public CompletionStage<Served<Page<Listing>>> discover(
            ReadFrom from,
            Namespace namespace,
            @Nullable String topic,
            @Nullable String tag,
            @Nullable Cursor after,
            int limit) {
        refuseNul("topic", topic);
        refuseNul("tag", tag);
        return database.browse(
                from, repository -> repository.open(namespace, topic, tag, clock.instant(), after, limit));
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
        return database.browse(from, repository -> repository.topics(namespace, prefix, clock.instant(), after, limit));
    }

    /** A numbered page of topics, and how many there are in all. */
    public CompletionStage<Served<TopicPage>> topicPage(ReadFrom from, Namespace namespace, int offset, int limit) {
        return database.browse(from, repository -> {
            Instant now = clock.instant();
            return new TopicPage(
                    repository.topics(namespace, now, offset, limit), repository.topicsTotal(namespace, now));
        });
    }

    /** @param total how many topics there are, on this page or not */
    public record TopicPage(List<TopicCount> topics, long total) {}

    /** No text that is kept holds U+0000, and PostgreSQL cannot even be asked for one. */
    private static void refuseNul(String name, @Nullable String text) {
        if (text != null && text.indexOf('\0') >= 0) {
            throw new Malformed(name + " holds U+0000, which no text may.");
        }
    }

    private static void refuseOtherGeneration(SessionState standing, @Nullable Integer generation) {
        int current = standing.place().generation();
        if (generation != null && generation != current) {
            throw new OtherGeneration(current);
        }
    }

    private static void refuseUnless(boolean allowed) {
        if (!allowed) {
            throw new NamespaceFull();
        }
    }

    private OutOfBounds tooManyCandidates() {
        return new OutOfBounds(
                "candidates",
                "A side may add at most " + limits.candidatesPerSideMax() + " candidates in a generation.");
    }

    /** A guard that is tried again on a session that is held, and which nothing there refuses. */
    private static RowVersion again(Optional<RowVersion> hit) {
        return hit.orElseThrow(() -> new IllegalStateException("A guard missed a session that fits it"));
    }

    private static TokenRefused strange(String whose) {
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

    private static Joined joined(SessionKey key, Side side, @Nullable SessionToken token, RowVersion place) {
        return new Joined(key.code(), side, token, place.seq(), place.generation(), place.version(), false);
    }
}
