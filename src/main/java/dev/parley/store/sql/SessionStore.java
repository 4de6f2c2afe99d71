package dev.parley.store.sql;

import dev.parley.session.Candidate;
import dev.parley.session.Description;
import dev.parley.session.Event;
import dev.parley.session.Opening;
import dev.parley.session.Quota;
import dev.parley.session.Session.SessionVersion;
import dev.parley.session.Side;
import dev.parley.session.TokenHash;
import dev.parley.session.Trickle;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import dev.parley.store.crypto.PayloadCodec;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sessions in the store: each change is one guarded statement, each read one indexed query.
 *
 * <p>A guard names everything that must hold (the namespace, the code, that the session has not expired, the side's token, the
 * generation, the bound), and its update count decides; a result without a value means that it missed. Nothing is read to be written
 * back. The row that it hit is locked until COMMIT (SQLite has one writer anyway), so the events behind it are numbered in commit order;
 * otherwise a poll could skip one. A change that stores bytes also checks and charges the namespace's quota.
 *
 * <p>The same prepared statements serve both engines; only discovery uses Hibernate. Time is always a parameter, in
 * milliseconds of the Unix epoch. Whether a session is answered is 0 or 1, as in the partial indexes of discovery: SQLite does not match
 * FALSE with 0, and a query that uses it reads the whole namespace.
 */
public final class SessionStore extends SessionReads {
    private static final String LIVE = SessionTransaction.LIVE;
    private static final String ROW = "RETURNING id, COALESCE(incarnation, created_at), seq, generation, expires_at";
    private static final String LISTED_ROW = ROW + ", topic";

    private static final Sql FREE_EXPIRED = new Sql("free-expired", """
            DELETE FROM sessions WHERE namespace = ? AND code = ? AND expires_at <= ?""");

    private static final Sql OPEN = new Sql("open", """
            INSERT INTO sessions (namespace, code, topic, peer_id, tags, generation, seq, answered,
                                  offer_candidates, answer_candidates, offerer_token, incarnation, ttl, created_at, expires_at, checksum)
            VALUES (?, ?, ?, ?, ?, 1, ?, 0, ?, 0, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (namespace, code) DO NOTHING
            """ + ROW);

    // The first answerer stays the answerer: later generations accept that token only, or none where the first had
    // none.
    private static final Sql ANSWER = new Sql("answer", """
            UPDATE sessions
            SET answered = 1, answerer_token = ?, seq = seq + ?, answer_candidates = answer_candidates + ?
            WHERE %s AND answered = 0 AND generation = COALESCE(?, generation)
              AND answer_candidates + ? <= ? AND (offerer_token = ?) IS NOT TRUE
              AND (answered_before = 0 OR answerer_token IS NOT DISTINCT FROM ?)
            %s""".formatted(LIVE, LISTED_ROW));

    private static final Sql RESTART = new Sql("restart", """
            UPDATE sessions
            SET generation = generation + 1, seq = seq + 1, offer_candidates = 0, answer_candidates = 0,
                answered_before = CASE WHEN answered = 1 THEN 1 ELSE answered_before END, answered = 0
            WHERE %s AND offerer_token = ? AND seq = COALESCE(?, seq) AND expires_at = COALESCE(?, expires_at)
              AND COALESCE(incarnation, created_at) = COALESCE(?, incarnation, created_at)
            %s""".formatted(LIVE, LISTED_ROW));

    private static final Sql EXTEND = new Sql("extend", """
            UPDATE sessions SET checksum = checksum - expires_at + ?, expires_at = ? WHERE %s AND (offerer_token = ? OR answerer_token = ?)
            %s""".formatted(LIVE, LISTED_ROW));

    private static final Sql CLOSE = new Sql("close", """
            DELETE FROM sessions WHERE %s AND offerer_token = ?
            %s""".formatted(LIVE, LISTED_ROW));

    private static final Sql RETAIN_LAST = new Sql("retain-last", """
            INSERT INTO closed_sessions (namespace, code, incarnation, seq, generation, expires_at)
            VALUES (?, ?, ?, ?, ?, ?)""");

    private static final Sql SWEEP_LAST = new Sql("sweep-last", """
            DELETE FROM closed_sessions
            WHERE (namespace, code, incarnation) IN
                  (SELECT namespace, code, incarnation FROM closed_sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)""");

    /** Longer than the longest interval at which waiting requests check their session, {@code parley.waiting.recheck}. */
    private static final Duration LAST_RETAINED = Duration.ofMinutes(2);

    private static final Sql TRICKLE = new Sql("trickle", """
            UPDATE sessions
            SET seq = seq + ?,
                offer_candidates = offer_candidates + CASE WHEN offerer_token = ? THEN ? ELSE 0 END,
                answer_candidates = answer_candidates + CASE WHEN offerer_token = ? THEN 0 ELSE ? END
            WHERE %s AND generation = COALESCE(?, generation) AND (offerer_token = ? OR answerer_token = ?)
              AND CASE WHEN offerer_token = ? THEN offer_candidates ELSE answer_candidates END + ? <= ?
            %s, CASE WHEN offerer_token = ? THEN 1 ELSE 2 END""".formatted(LIVE, ROW));

    private static final Sql TRICKLE_AS = new Sql("trickle-as", """
            UPDATE sessions
            SET seq = seq + ?, offer_candidates = offer_candidates + ?, answer_candidates = answer_candidates + ?
            WHERE %s AND CASE WHEN ? = 1 THEN offer_candidates ELSE answer_candidates END + ? <= ?
              AND CASE WHEN ? = 1 THEN offerer_token ELSE answerer_token END IS NOT DISTINCT FROM ?
            %s""".formatted(LIVE, ROW));

    // Corrects the counters after repeated candidates; the guard has locked the row.
    private static final Sql GIVE_BACK = new Sql("give-back", """
            UPDATE sessions
            SET seq = seq - ?, offer_candidates = offer_candidates - ?, answer_candidates = answer_candidates - ?
            WHERE namespace = ? AND id = ?""");

    private static final Sql STATE = new Sql("state", """
            SELECT s.id, COALESCE(s.incarnation, s.created_at), s.seq, s.generation, s.expires_at,
                   s.offerer_token, s.answerer_token, s.answered_before, s.topic, s.peer_id, s.tags, s.ttl,
                   o.payload, a.payload, s.checksum, o.checksum, a.checksum, a.seq
            FROM sessions s
            JOIN events o ON o.session_id = s.id AND o.seq = 1
            LEFT JOIN events a ON a.session_id = s.id AND a.generation = s.generation AND a.kind = 2
            WHERE s.namespace = ? AND s.code = ? AND s.expires_at > ?""");

    private static final Sql LOCK = new Sql("lock", "SELECT id FROM sessions WHERE %s FOR UPDATE".formatted(LIVE));

    private static final Sql KNOWN = new Sql("known", """
            SELECT e.digest
            FROM sessions s
            JOIN events e ON e.session_id = s.id AND e.generation = ? AND e.kind % 2 = ?
            WHERE e.digest IS NOT NULL AND s.namespace = ? AND s.code = ? AND s.expires_at > ?""");

    private static final Sql LAST_OWN = new Sql("last-own", """
            SELECT COALESCE(MIN(e.seq) - 1, ?)
            FROM sessions s
            JOIN events e ON e.session_id = s.id AND e.seq > ? AND e.kind % 2 = ?
            WHERE s.namespace = ? AND s.id = ?""");

    // Sessions that other transactions have locked are skipped, such as those of another node's sweep.
    private static final Sql SWEEP = new Sql("sweep", """
            WITH expired AS MATERIALIZED (SELECT id FROM sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ?
                                          FOR UPDATE SKIP LOCKED)
            DELETE FROM sessions WHERE id IN (SELECT id FROM expired)""");

    private final EventRows events;
    private final QuotaStore quota;

    public SessionStore(PayloadCodec codec, Quota quota) {
        super(codec);
        this.events = new EventRows(codec);
        this.quota = new QuotaStore(quota);
    }

    /**
     * Opens a session with its offer and first candidates. Misses where a live session has the code.
     *
     * @param incarnation a random number, as in {@link SessionVersion}
     */
    public Guarded<Change> open(
            SessionTransaction tx, Opening opening, @Nullable TokenHash token, long incarnation, Duration ttl)
            throws SQLException {
        long bytes = opening.bytes();
        if (!quota.hasRoomForSession(tx, bytes)) {
            return Guarded.noRoom();
        }
        RowVersion session = insert(tx, opening, token, incarnation, ttl);
        if (session == null && tx.live(tx.call(FREE_EXPIRED)).update() == 1) {
            session = insert(tx, opening, token, incarnation, ttl);
        }
        if (session == null) {
            return Guarded.missed();
        }
        List<Event> first = new ArrayList<>();
        first.add(new Event.Offered(1, 1, opening.offer()));
        first.addAll(opening.trickle().events(2, Side.OFFERER, 1));
        events.add(tx, session, first);
        quota.chargeSession(tx, bytes);
        return Guarded.of(new Change(session, opening.topic(), first));
    }

    private static @Nullable RowVersion insert(
            SessionTransaction tx, Opening opening, @Nullable TokenHash token, long incarnation, Duration ttl)
            throws SQLException {
        Trickle trickle = opening.trickle();
        var session = new SessionColumns(
                0,
                tx.key().code().text(),
                opening.topic(),
                opening.peerId(),
                Tags.column(opening.tags()),
                incarnation,
                tx.now().toEpochMilli(),
                tx.now().plus(ttl).toEpochMilli(),
                null);
        return tx.call(OPEN)
                .bind(tx.key())
                .bind(session.topic())
                .bind(session.peerId())
                .bind(session.tags())
                .bind(1L + trickle.size())
                .bind(trickle.candidates().size())
                .bind(bytes(token))
                .bind(session.incarnation())
                .bind(ttl.toMillis())
                .bind(session.createdAt())
                .bind(session.expiresAt())
                .bind(session.computedChecksum())
                .updateReturning(SessionReads::version);
    }

    /**
     * Accepts an answer with its candidates. Misses where there is no live session, it is answered already, another generation is
     * current, another peer answered an earlier generation, the candidates exceed their bound, or the token is the offerer's. Of any
     * number of concurrent calls one hits.
     *
     * @param generation the generation that is answered; null for the current one
     */
    public Guarded<Change> answer(
            SessionTransaction tx,
            Description answer,
            @Nullable Integer generation,
            Trickle trickle,
            @Nullable TokenHash token,
            int candidatesMax)
            throws SQLException {
        long bytes = answer.utf8().length + trickle.bytes();
        if (!quota.hasRoom(tx, bytes)) {
            return Guarded.noRoom();
        }
        int candidates = trickle.candidates().size();
        byte[] hash = bytes(token);
        Change hit = tx.live(
                        tx.call(ANSWER).bind(hash).bind(1L + trickle.size()).bind(candidates))
                .bind(generation)
                .bind(candidates)
                .bind(candidatesMax)
                .bind(hash)
                .bind(hash)
                .updateReturning(SessionStore::listed);
        if (hit == null) {
            return Guarded.missed();
        }
        RowVersion row = hit.row();
        var answered = new Event.Answered(row.seq() - trickle.size(), row.generation(), answer);
        Change change = addNew(tx, hit, Side.ANSWERER, List.of(answered), trickle);
        quota.charge(tx, bytes);
        return Guarded.of(change);
    }

    /**
     * Adds the candidates of the side that {@code token} belongs to, each once. Misses where there is no live session, the token is
     * neither side's, another generation is current, or the candidates exceed their bound.
     *
     * @param generation null for the current one
     */
    public Guarded<Change> trickle(
            SessionTransaction tx, TokenHash token, Trickle trickle, @Nullable Integer generation, int candidatesMax)
            throws SQLException {
        if (!quota.hasRoom(tx, trickle.bytes())) {
            return Guarded.noRoom();
        }
        int candidates = trickle.candidates().size();
        byte[] hash = token.bytes();
        Statements.Call guard = tx.call(TRICKLE)
                .bind((long) trickle.size())
                .bind(hash)
                .bind(candidates)
                .bind(hash)
                .bind(candidates);
        SideOfRow hit = tx.live(guard)
                .bind(generation)
                .bind(hash)
                .bind(hash)
                .bind(hash)
                .bind(candidates)
                .bind(candidatesMax)
                .bind(hash)
                .updateReturning(row -> new SideOfRow(version(row), row.getInt(6) == 1 ? Side.OFFERER : Side.ANSWERER));
        return hit == null ? Guarded.missed() : trickled(tx, hit.session, hit.side, trickle);
    }

    private record SideOfRow(RowVersion session, Side side) {}

    /**
     * Adds candidates of {@code side}, each once. Misses where there is no live session, the token is another, or the candidates exceed
     * their bound.
     *
     * @param token the side's; null for a side that has none
     */
    public Guarded<Change> trickleAs(
            SessionTransaction tx, Side side, @Nullable TokenHash token, Trickle trickle, int candidatesMax)
            throws SQLException {
        if (!quota.hasRoom(tx, trickle.bytes())) {
            return Guarded.noRoom();
        }
        int candidates = trickle.candidates().size();
        RowVersion hit = tx.live(counted(tx.call(TRICKLE_AS).bind((long) trickle.size()), side, candidates))
                .bind(EventRows.parity(side))
                .bind(candidates)
                .bind(candidatesMax)
                .bind(EventRows.parity(side))
                .bind(bytes(token))
                .updateReturning(SessionReads::version);
        return hit == null ? Guarded.missed() : trickled(tx, hit, side, trickle);
    }

    private Guarded<Change> trickled(SessionTransaction tx, RowVersion row, Side side, Trickle trickle)
            throws SQLException {
        Change change = addNew(tx, new Change(row, null, List.of()), side, List.of(), trickle);
        if (change.candidates() > 0) {
            quota.charge(tx, trickle.bytes());
        }
        return Guarded.of(change);
    }

    /**
     * Starts a new generation with {@code offer}. Misses where there is no live session, the token is not the offerer's, or the session
     * is at another version.
     *
     * @param version the state that the offer replaces; null for any
     */
    public Guarded<Change> restart(
            SessionTransaction tx, TokenHash token, @Nullable SessionVersion version, Description offer)
            throws SQLException {
        long bytes = offer.utf8().length;
        if (!quota.hasRoom(tx, bytes)) {
            return Guarded.noRoom();
        }
        Change hit = tx.live(tx.call(RESTART))
                .bind(token.bytes())
                .bind(version == null ? null : (Long) version.seq())
                .bind(version == null ? null : (Long) version.expiresAt().toEpochMilli())
                .bind(version == null ? null : (Long) version.incarnation())
                .updateReturning(SessionStore::listed);
        if (hit == null) {
            return Guarded.missed();
        }
        RowVersion row = hit.row();
        List<Event> offered = List.of(new Event.Offered(row.seq(), row.generation(), offer));
        events.add(tx, row, offered);
        quota.charge(tx, bytes);
        return Guarded.of(hit.with(row, offered));
    }

    /** Sets the end of the session. Misses where there is no live session or the token is neither side's. */
    public Guarded<Change> extend(SessionTransaction tx, TokenHash token, Instant expiresAt) throws SQLException {
        Statements.Call guard = tx.call(EXTEND).bind(expiresAt).bind(expiresAt);
        return Guarded.of(tx.live(guard).bind(token.bytes()).bind(token.bytes()).updateReturning(SessionStore::listed));
    }

    /**
     * Deletes the session with its events. Misses where there is no live session or the token is not the offerer's. The last event,
     * {@link Event.Closed}, is retained for a short time for {@link #follow}.
     */
    public Guarded<Change> close(SessionTransaction tx, TokenHash token) throws SQLException {
        Change hit = tx.live(tx.call(CLOSE)).bind(token.bytes()).updateReturning(SessionStore::listed);
        if (hit == null) {
            return Guarded.missed();
        }
        RowVersion last = hit.row().at(hit.row().seq() + 1);
        retainLast(tx, last);
        return Guarded.of(hit.with(last, List.of(new Event.Closed(last.seq(), last.generation()))));
    }

    /** Retains the last event of a session that was deleted. */
    static void retainLast(SessionTransaction tx, RowVersion last) throws SQLException {
        tx.call(RETAIN_LAST)
                .bind(tx.key())
                .bind(last.incarnation())
                .bind(last.seq())
                .bind(last.generation())
                .bind(tx.now().plus(LAST_RETAINED))
                .update();
    }

    /** Columns: a version, topic. */
    private static Change listed(ResultSet row) throws SQLException {
        return new Change(version(row), row.getString(6), List.of());
    }

    /** The state of a live session, locked until COMMIT: a guard that missed before and fits this state hits when it is repeated. */
    public Optional<SessionState> state(SessionTransaction tx) throws SQLException {
        // In a statement of its own: a join that waits for the row would show the other tables as they were before.
        if (tx.statements().hasRowLocks() && tx.live(tx.call(LOCK)).first(row -> true) == null) {
            return Optional.empty();
        }
        return Optional.ofNullable(tx.live(tx.call(STATE)).first(row -> state(row, tx.key())));
    }

    /** {@code trickle} without the candidates and the end that {@code side} already has in {@code generation}. */
    public Trickle withoutKnown(SessionTransaction tx, Side side, int generation, Trickle trickle) throws SQLException {
        Statements.Call query = tx.call(KNOWN).bind(generation).bind(EventRows.parity(side));
        var known = new HashSet<>(tx.live(query).list(row -> ByteBuffer.wrap(row.getBytes(1))));
        List<Candidate> fresh = trickle.candidates().stream()
                .filter(candidate -> !known.contains(ByteBuffer.wrap(codec.digest(candidate))))
                .toList();
        return new Trickle(fresh, trickle.end() && !known.contains(ByteBuffer.wrap(EventRows.END_DIGEST)));
    }

    /** The number of the last event before the other side's first one behind {@code seq}; {@code latest} where it has none there. */
    public long lastOwn(SessionTransaction tx, long id, Side side, long seq, long latest) throws SQLException {
        Long last = tx.call(LAST_OWN)
                .bind(latest)
                .bind(seq)
                .bind(EventRows.parity(side.other()))
                .bind(tx.key().namespace().name())
                .bind(id)
                .first(row -> row.getLong(1));
        return last == null ? latest : last;
    }

    /** Deletes at most {@code limit} expired sessions, oldest first; returns how many. */
    public static int sweep(Statements tx, Instant now, int limit) throws SQLException {
        return tx.call(SWEEP).bind(now).bind(limit).update();
    }

    /** The same for retained last events. */
    public static int sweepClosed(Statements tx, Instant now, int limit) throws SQLException {
        return tx.call(SWEEP_LAST).bind(now).bind(limit).update();
    }

    /**
     * Adds {@code before} and those of {@code trickle} that are new, and gives back the numbers that the guard reserved for the others.
     *
     * @param before the events before those of {@code trickle}
     */
    private Change addNew(SessionTransaction tx, Change hit, Side side, List<Event> before, Trickle trickle)
            throws SQLException {
        RowVersion row = hit.row();
        long first = row.seq() - trickle.size() + 1;
        List<Event> all = concat(before, trickle.events(first, side, row.generation()));
        if (events.addIfNew(tx, row, all)) {
            return hit.with(row, all);
        }
        Trickle fresh = withoutKnown(tx, side, row.generation(), trickle);
        int repeated = trickle.size() - fresh.size();
        if (repeated > 0) {
            int candidates = trickle.candidates().size() - fresh.candidates().size();
            counted(tx.call(GIVE_BACK).bind((long) repeated), side, candidates)
                    .bind(tx.key().namespace().name())
                    .bind(row.id())
                    .update();
        }
        RowVersion after = row.at(row.seq() - repeated);
        List<Event> added = concat(before, fresh.events(first, side, row.generation()));
        events.add(tx, after, added);
        return hit.with(after, added);
    }

    private static List<Event> concat(List<Event> first, List<Event> second) {
        return first.isEmpty()
                ? second
                : Stream.concat(first.stream(), second.stream()).toList();
    }

    /** Binds the candidates of the offerer and those of the answerer, all of them of {@code side}. */
    private static Statements.Call counted(Statements.Call call, Side side, int candidates) throws SQLException {
        return call.bind(side == Side.OFFERER ? candidates : 0).bind(side == Side.OFFERER ? 0 : candidates);
    }

    private static byte @Nullable [] bytes(@Nullable TokenHash token) {
        return token == null ? null : token.bytes();
    }
}
