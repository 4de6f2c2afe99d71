package dev.parley.store.sql;

import dev.parley.session.Candidate;
import dev.parley.session.Description;
import dev.parley.session.Event;
import dev.parley.session.Events;
import dev.parley.session.Namespace;
import dev.parley.session.Opening;
import dev.parley.session.Quota;
import dev.parley.session.Session;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionVersion;
import dev.parley.session.Side;
import dev.parley.session.SideState;
import dev.parley.session.TokenHash;
import dev.parley.session.Trickle;
import dev.parley.session.Trickled;
import dev.parley.session.Waiting;
import dev.parley.store.Sql;
import dev.parley.store.Statements;
import dev.parley.store.crypto.PayloadCodec;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The sessions in the store: each change is one guarded statement, each read one indexed query.
 *
 * <p>A guard names everything that must hold (the namespace, the code, that the session has not expired, the side's token, the
 * generation, the bound), and its update count decides. Nothing is read to be written back. The row that it hit is locked until COMMIT
 * (SQLite has one writer anyway), so the events behind it are numbered in commit order; otherwise a poll could skip one. A change that
 * stores bytes also checks and charges the namespace's quota.
 *
 * <p>The statements are prepared JDBC underneath the repository's persistence unit, because the cost of a request is the number of its
 * statements. The same text serves every engine. Time is always a parameter, in milliseconds of the Unix epoch. Whether a session is
 * answered is 0 or 1 on every engine, as in the partial indexes of discovery: SQLite does not match FALSE with 0, and a query that
 * uses it reads the whole namespace.
 */
public final class SessionStore {
    // What every guard requires: parameters namespace, code, now.
    private static final String LIVE = "namespace = ? AND code = ? AND expires_at > ?";
    private static final String ROW = "RETURNING id, COALESCE(incarnation, created_at), seq, generation, expires_at";

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
            %s""".formatted(LIVE, ROW));

    private static final Sql RESTART = new Sql("restart", """
            UPDATE sessions
            SET generation = generation + 1, seq = seq + 1, offer_candidates = 0, answer_candidates = 0,
                answered_before = CASE WHEN answered = 1 THEN 1 ELSE answered_before END, answered = 0
            WHERE %s AND offerer_token = ? AND seq = COALESCE(?, seq) AND expires_at = COALESCE(?, expires_at)
              AND COALESCE(incarnation, created_at) = COALESCE(?, incarnation, created_at)
            %s""".formatted(LIVE, ROW));

    private static final Sql EXTEND = new Sql("extend", """
            UPDATE sessions SET checksum = checksum - expires_at + ?, expires_at = ? WHERE %s AND (offerer_token = ? OR answerer_token = ?)
            %s""".formatted(LIVE, ROW));

    private static final Sql CLOSE = new Sql("close", """
            DELETE FROM sessions WHERE %s AND offerer_token = ?
            %s""".formatted(LIVE, ROW));

    private static final Sql RETAIN_LAST = new Sql("retain-last", """
            INSERT INTO closed_sessions (namespace, code, incarnation, seq, generation, expires_at)
            VALUES (?, ?, ?, ?, ?, ?)""");

    private static final Sql LAST = new Sql("last", """
            SELECT seq, generation FROM closed_sessions
            WHERE namespace = ? AND code = ? AND incarnation = ? AND seq > ? AND expires_at > ?""");

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

    private static final PerSide TRICKLE_AS = new PerSide(
            trickle("trickle-as-offerer", "offer_candidates", "offerer_token = ?"),
            trickle("trickle-as-answerer", "answer_candidates", "answerer_token = ?"));

    private static final PerSide TRICKLE_WITHOUT_TOKEN = new PerSide(
            trickle("trickle-offerer-without-token", "offer_candidates", "offerer_token IS NULL"),
            trickle("trickle-answerer-without-token", "answer_candidates", "answerer_token IS NULL"));

    private static Sql trickle(String name, String count, String token) {
        return new Sql(name, """
                UPDATE sessions SET seq = seq + ?, {count} = {count} + ?
                WHERE %s AND {count} + ? <= ? AND %s
                %s""".formatted(LIVE, token, ROW).replace("{count}", count));
    }

    // Corrects the counters after repeated candidates; the guard has locked the row.
    private static final PerSide GIVE_BACK = new PerSide(
            giveBack("give-back-offerer", "offer_candidates"), giveBack("give-back-answerer", "answer_candidates"));

    private static Sql giveBack(String name, String count) {
        return new Sql(
                name,
                "UPDATE sessions SET seq = seq - ?, {count} = {count} - ? WHERE namespace = ? AND id = ?"
                        .replace("{count}", count));
    }

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

    private static final Sql SESSION = new Sql("session", """
            SELECT e.seq, e.generation, e.kind, e.payload, e.checksum, s.id, s.checksum,
                   s.topic, s.peer_id, s.tags, s.generation, s.seq, s.created_at, s.expires_at, s.incarnation
            FROM sessions s
            LEFT JOIN events e ON e.session_id = s.id AND e.generation = s.generation
            WHERE s.namespace = ? AND s.code = ? AND s.expires_at > ?
            ORDER BY e.seq""");

    private static final Sql SIDE = new Sql("side", """
            SELECT e.seq, e.generation, e.kind, e.payload, e.checksum, s.id, s.checksum,
                   CASE WHEN ? = 1 THEN s.offer_candidates ELSE s.answer_candidates END
            FROM sessions s
            LEFT JOIN events e ON e.session_id = s.id AND e.generation = s.generation AND e.kind % 2 = ?
            WHERE s.namespace = ? AND s.code = ? AND s.expires_at > ?
            ORDER BY e.seq""");

    private static final Sql EVENTS = new Sql("events", """
            SELECT e.seq, e.generation, e.kind, e.payload, e.checksum, s.id, s.checksum,
                   COALESCE(s.incarnation, s.created_at), s.expires_at, s.seq
            FROM sessions s
            LEFT JOIN events e ON e.session_id = s.id AND e.seq > ?
            WHERE s.namespace = ? AND s.code = ? AND s.expires_at > ?
            ORDER BY e.seq LIMIT ?""");

    // PostgreSQL's index contains the beginning of a topic only; SQLite's contains all of it and ignores the second
    // condition.
    private static final Sql WAITING = new Sql("waiting", """
            SELECT e.seq, e.generation, e.kind, e.payload, e.checksum, s.id, s.checksum,
                   s.code, s.peer_id, s.created_at, s.expires_at, s.topic, s.tags, s.incarnation
            FROM (SELECT * FROM sessions
                  WHERE namespace = ? AND topic = ? AND substr(topic, 1, 256) = substr(?, 1, 256)
                    AND answered = 0 AND answered_before = 0 AND expires_at > ?
                  ORDER BY id DESC LIMIT ?) s
            JOIN events e ON e.session_id = s.id AND e.generation = s.generation AND e.kind % 2 = 1
            ORDER BY s.id DESC, e.seq""");

    private static final Sql COUNT = new Sql("count", """
            SELECT count(*),
                   count(CASE WHEN expires_at > ? THEN 1 END),
                   count(CASE WHEN expires_at > ? AND answered = 0 AND answered_before = 0 THEN 1 END),
                   count(DISTINCT CASE WHEN expires_at > ? AND answered = 0 AND answered_before = 0
                                       THEN namespace || ' ' || topic END),
                   (SELECT count(*) FROM events)
            FROM sessions""");

    private static final Sql READABLE = new Sql("readable", "SELECT 1 FROM history");

    private static final Sql OTHERS = new Sql("others", "SELECT 1 FROM sessions WHERE substr(code, 1, ?) <> ? LIMIT 1");

    private static final Sql SWEEP = sweep("sweep", "");

    // A sweep skips sessions that other transactions have locked, such as those of another node's sweep.
    private static final Sql SWEEP_UNLOCKED = sweep("sweep-unlocked", "FOR UPDATE SKIP LOCKED");

    private static Sql sweep(String name, String locking) {
        return new Sql(name, """
                WITH expired AS MATERIALIZED (SELECT id FROM sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ? %s)
                DELETE FROM sessions WHERE id IN (SELECT id FROM expired)""".formatted(locking));
    }

    private final EventRows events;
    private final Rows rows;
    private final PayloadCodec codec;
    private final QuotaStore quota;

    public SessionStore(PayloadCodec codec, Quota quota) {
        this.events = new EventRows(codec);
        this.rows = new Rows(codec);
        this.codec = codec;
        this.quota = new QuotaStore(quota);
    }

    /**
     * Opens a session under {@code key} with its offer and first candidates, unless a live session has the code. An expired session
     * that was not swept yet gives up its code.
     *
     * @param incarnation a random number, as in {@link SessionVersion}
     */
    public Guarded<RowVersion> open(
            Statements tx,
            SessionKey key,
            Opening opening,
            @Nullable TokenHash token,
            long incarnation,
            Duration ttl,
            Instant now)
            throws SQLException {
        long bytes = opening.bytes();
        if (!quota.hasRoomForSession(tx, key.namespace(), bytes, now)) {
            return Guarded.noRoom();
        }
        RowVersion session = insert(tx, key, opening, token, incarnation, ttl, now);
        if (session == null && live(tx.call(FREE_EXPIRED), key, now).update() == 1) {
            session = insert(tx, key, opening, token, incarnation, ttl, now);
        }
        if (session == null) {
            return Guarded.missed();
        }
        List<Event> first = new ArrayList<>();
        first.add(new Event.Offered(1, 1, opening.offer()));
        first.addAll(opening.trickle().events(2, Side.OFFERER, 1));
        events.add(tx, key, session, first);
        quota.chargeSession(tx, key, bytes);
        return Guarded.of(Optional.of(session));
    }

    private static @Nullable RowVersion insert(
            Statements tx,
            SessionKey key,
            Opening opening,
            @Nullable TokenHash token,
            long incarnation,
            Duration ttl,
            Instant now)
            throws SQLException {
        Trickle trickle = opening.trickle();
        Instant expiresAt = now.plus(ttl);
        String tags = Tags.column(opening.tags());
        return tx.call(OPEN)
                .bind(key.namespace().name())
                .bind(key.code().text())
                .bind(opening.topic())
                .bind(opening.peerId())
                .bind(tags)
                .bind(1L + trickle.size())
                .bind(trickle.candidates().size())
                .bind(bytes(token))
                .bind(incarnation)
                .bind(ttl.toMillis())
                .bind(now.toEpochMilli())
                .bind(expiresAt.toEpochMilli())
                .bind(Checksum.ofSession(
                        key.code().text(), opening.topic(), opening.peerId(), tags, incarnation, now, expiresAt))
                .updateReturning(Rows::version);
    }

    /**
     * Accepts an answer with its candidates. The guard misses where there is no live session, it is answered already, another generation
     * is current, another peer answered an earlier generation, the candidates exceed their bound, or the token is the offerer's. Of any
     * number of concurrent calls one hits.
     *
     * @param generation the generation that is answered; null for the current one
     * @param token the answerer's, or null where it has none
     */
    public Guarded<RowVersion> answer(
            Statements tx,
            SessionKey key,
            Description answer,
            @Nullable Integer generation,
            Trickle trickle,
            @Nullable TokenHash token,
            int candidatesMax,
            Instant now)
            throws SQLException {
        long bytes = answer.utf8().length + trickle.bytes();
        if (!quota.hasRoom(tx, key.namespace(), bytes)) {
            return Guarded.noRoom();
        }
        int candidates = trickle.candidates().size();
        byte[] hash = bytes(token);
        RowVersion session = live(
                        tx.call(ANSWER).bind(hash).bind(1L + trickle.size()).bind(candidates), key, now)
                .bind(generation)
                .bind(candidates)
                .bind(candidatesMax)
                .bind(hash)
                .bind(hash)
                .updateReturning(Rows::version);
        if (session == null) {
            return Guarded.missed();
        }
        long seq = session.seq() - trickle.size();
        var answered = new ArrayList<Event>();
        answered.add(new Event.Answered(seq, session.generation(), answer));
        answered.addAll(trickle.events(seq + 1, Side.ANSWERER, session.generation()));
        Added added = addNew(tx, key, session, Side.ANSWERER, answered);
        quota.charge(tx, key, bytes);
        return Guarded.of(Optional.of(added.session));
    }

    /**
     * Adds the candidates of the side that {@code token} belongs to, each once. The guard misses where there is no live session, the
     * token is neither side's, another generation is current, or the candidates exceed their bound.
     *
     * @param generation null for the current one
     */
    public Guarded<Trickled> trickle(
            Statements tx,
            SessionKey key,
            TokenHash token,
            Trickle trickle,
            @Nullable Integer generation,
            int candidatesMax,
            Instant now)
            throws SQLException {
        if (!quota.hasRoom(tx, key.namespace(), trickle.bytes())) {
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
        SideOfRow hit = live(guard, key, now)
                .bind(generation)
                .bind(hash)
                .bind(hash)
                .bind(hash)
                .bind(candidates)
                .bind(candidatesMax)
                .bind(hash)
                .updateReturning(
                        row -> new SideOfRow(Rows.version(row), row.getInt(6) == 1 ? Side.OFFERER : Side.ANSWERER));
        return hit == null ? Guarded.missed() : trickled(tx, key, hit.session, hit.side, trickle);
    }

    private record SideOfRow(RowVersion session, Side side) {}

    /**
     * Adds candidates of {@code side}, each once. The guard misses where there is no live session, the token is another, or the
     * candidates exceed their bound.
     *
     * @param token the side's; with null the guard hits only a side that has none
     */
    public Guarded<Trickled> trickleAs(
            Statements tx,
            SessionKey key,
            Side side,
            @Nullable TokenHash token,
            Trickle trickle,
            int candidatesMax,
            Instant now)
            throws SQLException {
        if (!quota.hasRoom(tx, key.namespace(), trickle.bytes())) {
            return Guarded.noRoom();
        }
        int candidates = trickle.candidates().size();
        Statements.Call guard = tx.call((token == null ? TRICKLE_WITHOUT_TOKEN : TRICKLE_AS).of(side))
                .bind((long) trickle.size())
                .bind(candidates);
        live(guard, key, now).bind(candidates).bind(candidatesMax);
        if (token != null) {
            guard.bind(token.bytes());
        }
        RowVersion hit = guard.updateReturning(Rows::version);
        return hit == null ? Guarded.missed() : trickled(tx, key, hit, side, trickle);
    }

    private Guarded<Trickled> trickled(Statements tx, SessionKey key, RowVersion session, Side side, Trickle trickle)
            throws SQLException {
        Added added = addNew(
                tx, key, session, side, trickle.events(session.seq() - trickle.size() + 1, side, session.generation()));
        if (added.candidates > 0) {
            quota.charge(tx, key, trickle.bytes());
        }
        return Guarded.of(Optional.of(new Trickled(added.session.seq(), added.candidates)));
    }

    /**
     * Starts a new generation with {@code offer}. The guard misses where there is no live session, the token is not the offerer's, or
     * the session is at another version.
     *
     * @param version the state that the offer replaces; null for any
     */
    public Guarded<RowVersion> restart(
            Statements tx,
            SessionKey key,
            TokenHash token,
            @Nullable SessionVersion version,
            Description offer,
            Instant now)
            throws SQLException {
        long bytes = offer.utf8().length;
        if (!quota.hasRoom(tx, key.namespace(), bytes)) {
            return Guarded.noRoom();
        }
        RowVersion session = live(tx.call(RESTART), key, now)
                .bind(token.bytes())
                .bind(version == null ? null : (Long) version.seq())
                .bind(version == null ? null : (Long) version.expiresAt().toEpochMilli())
                .bind(version == null ? null : (Long) version.incarnation())
                .updateReturning(Rows::version);
        if (session == null) {
            return Guarded.missed();
        }
        events.add(tx, key, session, List.of(new Event.Offered(session.seq(), session.generation(), offer)));
        quota.charge(tx, key, bytes);
        return Guarded.of(Optional.of(session));
    }

    /** Sets the end of the session to {@code expiresAt}. The guard misses where there is no live session or the token is neither side's. */
    public Guarded<RowVersion> extend(Statements tx, SessionKey key, TokenHash token, Instant expiresAt, Instant now)
            throws SQLException {
        Statements.Call guard = tx.call(EXTEND).bind(expiresAt.toEpochMilli()).bind(expiresAt.toEpochMilli());
        return Guarded.of(Optional.ofNullable(
                live(guard, key, now).bind(token.bytes()).bind(token.bytes()).updateReturning(Rows::version)));
    }

    /**
     * Deletes the session with its events. The guard misses where there is no live session or the token is not the offerer's. The last
     * event, {@link Event.Closed}, is retained for a short time for {@link #follow}.
     */
    public Guarded<RowVersion> close(Statements tx, SessionKey key, TokenHash token, Instant now) throws SQLException {
        RowVersion session = live(tx.call(CLOSE), key, now).bind(token.bytes()).updateReturning(Rows::version);
        if (session == null) {
            return Guarded.missed();
        }
        tx.call(RETAIN_LAST)
                .bind(key.namespace().name())
                .bind(key.code().text())
                .bind(session.incarnation())
                .bind(session.seq() + 1)
                .bind(session.generation())
                .bind(now.plus(LAST_RETAINED).toEpochMilli())
                .update();
        return Guarded.of(Optional.of(session));
    }

    /**
     * The state of a live session, which does not change until COMMIT: where other transactions write at the same time, its row is
     * locked first. So a decision by this state is not overtaken, and a guard that missed before and now fits hits when it is repeated.
     */
    public Optional<SessionState> state(Statements tx, SessionKey key, Instant now) throws SQLException {
        // In a statement of its own: a join that had to wait for the row would show the other tables as they were
        // before.
        if (tx.hasRowLocks() && live(tx.call(LOCK), key, now).first(row -> true) == null) {
            return Optional.empty();
        }
        return Optional.ofNullable(live(tx.call(STATE), key, now).first(row -> rows.state(row, key)));
    }

    /** {@code trickle} without the candidates and the end that {@code side} already has in {@code generation}. */
    public Trickle withoutKnown(Statements tx, SessionKey key, Side side, int generation, Trickle trickle, Instant now)
            throws SQLException {
        Statements.Call query = tx.call(KNOWN).bind(generation).bind(EventKind.parity(side));
        Set<ByteBuffer> known = live(query, key, now).all(rows -> {
            var digests = new HashSet<ByteBuffer>();
            while (rows.next()) {
                digests.add(ByteBuffer.wrap(rows.getBytes(1)));
            }
            return digests;
        });
        List<Candidate> fresh = trickle.candidates().stream()
                .filter(candidate -> !known.contains(ByteBuffer.wrap(codec.digest(candidate))))
                .toList();
        return new Trickle(fresh, trickle.end() && !known.contains(ByteBuffer.wrap(EventRows.END_DIGEST)));
    }

    /**
     * The number of the last event before the first one of the other side behind number {@code seq}, or {@code latest} where the other
     * side has none there.
     */
    public long lastOwn(Statements tx, SessionKey key, long id, Side side, long seq, long latest) throws SQLException {
        Long last = tx.call(LAST_OWN)
                .bind(latest)
                .bind(seq)
                .bind(EventKind.parity(side.other()))
                .bind(key.namespace().name())
                .bind(id)
                .first(row -> row.getLong(1));
        return last == null ? latest : last;
    }

    /** The session as it is committed, or nothing where no live session has the key. */
    public Optional<Session> session(Statements node, SessionKey key, Instant now) throws SQLException {
        return live(node.call(SESSION), key, now).all(row -> rows.session(row, key));
    }

    /** The description and candidates of {@code side} in the current generation, or nothing where no live session has the key. */
    public Optional<SideState> side(Statements node, SessionKey key, Side side, Instant now) throws SQLException {
        Statements.Call query = node.call(SIDE).bind(EventKind.parity(side)).bind(EventKind.parity(side));
        return live(query, key, now).all(row -> rows.side(row, key));
    }

    /**
     * The events behind number {@code after} in their order, at most {@code limit}; empty where there are none yet, nothing where no
     * live session has the key.
     */
    public Optional<Events> events(Statements node, SessionKey key, long after, int limit, Instant now)
            throws SQLException {
        return live(node.call(EVENTS).bind(after), key, now)
                .bind(limit)
                .all(row -> rows.events(row, key, after, limit));
    }

    /**
     * As {@link #events}, of the session with this {@code incarnation} only. If that was closed a short time ago, the result is its last
     * event, {@link Event.Closed}, unless the event's number is {@code after} or less.
     */
    public Optional<Events> follow(
            Statements node, SessionKey key, long incarnation, long after, int limit, Instant now) throws SQLException {
        Optional<Events> events =
                events(node, key, after, limit, now).filter(found -> found.incarnation() == incarnation);
        if (events.isPresent()) {
            return events;
        }
        return Optional.ofNullable(node.call(LAST)
                        .bind(key.namespace().name())
                        .bind(key.code().text())
                        .bind(incarnation)
                        .bind(after)
                        .bind(now.toEpochMilli())
                        .first(row -> new Event.Closed(row.getLong(1), row.getInt(2))))
                .map(closed -> new Events(List.of(closed), incarnation, now));
    }

    /** The open sessions of a topic with their offers and the offerers' candidates, newest first, at most {@code limit}. */
    public List<Waiting> waiting(Statements node, Namespace namespace, String topic, int limit, Instant now)
            throws SQLException {
        return node.call(WAITING)
                .bind(namespace.name())
                .bind(topic)
                .bind(topic)
                .bind(now.toEpochMilli())
                .bind(limit)
                .all(row -> rows.waiting(row, namespace));
    }

    /** Counts the rows of the node, in all namespaces; reads everything. */
    public static Count count(Statements node, Instant now) throws SQLException {
        long millis = now.toEpochMilli();
        return node.call(COUNT).bind(millis).bind(millis).bind(millis).all(row -> {
            row.next();
            return new Count(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5));
        });
    }

    /**
     * The contents of a node.
     *
     * @param sessions including expired ones
     * @param live sessions that have not expired
     * @param waiting live sessions without an answer
     * @param topics of the waiting sessions, each counted once per namespace
     * @param events of all sessions
     */
    public record Count(long sessions, long live, long waiting, long topics, long events) {}

    /** Whether the store can be read; fails where it cannot. */
    public static boolean isReadable(Statements node) throws SQLException {
        return node.call(READABLE).first(row -> true) != null;
    }

    /** Whether there is a session, expired or not, whose code does not begin with {@code prefix}, in any namespace. */
    public static boolean holdsOthersThan(Statements node, String prefix) throws SQLException {
        return node.call(OTHERS).bind(prefix.length()).bind(prefix).first(row -> true) != null;
    }

    /** Deletes sessions that expired at or before {@code now}, oldest first, at most {@code limit}; returns how many. */
    public static int sweep(Statements tx, Instant now, int limit) throws SQLException {
        return tx.call(tx.hasRowLocks() ? SWEEP_UNLOCKED : SWEEP)
                .bind(now.toEpochMilli())
                .bind(limit)
                .update();
    }

    /** Deletes at most {@code limit} retained last events whose time is over, oldest first; returns how many. */
    public static int sweepClosed(Statements tx, Instant now, int limit) throws SQLException {
        return tx.call(SWEEP_LAST).bind(now.toEpochMilli()).bind(limit).update();
    }

    /**
     * Adds the events that are new, and returns the numbers that the guard reserved for the others.
     *
     * @param all events of {@code side}, numbered as if all were new
     */
    private Added addNew(Statements tx, SessionKey key, RowVersion session, Side side, List<Event> all)
            throws SQLException {
        List<Event> added = events.addNew(tx, key, session, all);
        int repeated = all.size() - added.size();
        if (repeated > 0) {
            tx.call(GIVE_BACK.of(side))
                    .bind((long) repeated)
                    .bind(candidates(all) - candidates(added))
                    .bind(key.namespace().name())
                    .bind(session.id())
                    .update();
        }
        RowVersion now = new RowVersion(
                session.id(),
                session.incarnation(),
                session.seq() - repeated,
                session.generation(),
                session.expiresAt());
        return new Added(now, candidates(added));
    }

    /** The session after a change, and how many of the candidates were new. */
    private record Added(RowVersion session, int candidates) {}

    private static int candidates(List<Event> events) {
        return (int)
                events.stream().filter(event -> event instanceof Event.Trickled).count();
    }

    /** Binds what {@link #LIVE} requires. */
    private static Statements.Call live(Statements.Call call, SessionKey key, Instant now) throws SQLException {
        return call.bind(key.namespace().name()).bind(key.code().text()).bind(now.toEpochMilli());
    }

    private static byte @Nullable [] bytes(@Nullable TokenHash token) {
        return token == null ? null : token.bytes();
    }

    /** A statement whose columns depend on the side. */
    private record PerSide(Sql offerer, Sql answerer) {
        Sql of(Side side) {
            return side == Side.OFFERER ? offerer : answerer;
        }
    }
}
