package dev.parley.store.sql;

import dev.parley.session.Candidate;
import dev.parley.session.Description;
import dev.parley.session.Event;
import dev.parley.session.Events;
import dev.parley.session.Namespace;
import dev.parley.session.Opening;
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
 * The statements: each change is one guarded statement, each read one indexed query.
 *
 * <p>A guard names everything that must hold (the namespace, the code, that the session has not expired, the side's token, the
 * generation, the bound), and whether it hit a row decides. Nothing is read to be written back. The row that it hit is locked
 * until COMMIT (SQLite has one writer anyway), so the events numbered behind it are numbered in commit order; otherwise a poll
 * could skip one.
 *
 * <p>They run as prepared JDBC underneath the repository's persistence unit, because the cost of a request is the number of its
 * statements. The same text serves every engine. Time is always a parameter, and always a millisecond of the Unix epoch. Whether a
 * session is answered is 0 or 1 on every engine, as the partial indexes of discovery have it: to SQLite FALSE is another word,
 * and a query that says it reads the whole namespace.
 */
public final class SessionStore {
    // What a guard must find in every change of a session: parameters namespace, code, now.
    private static final String LIVE = "namespace = ? AND code = ? AND expires_at > ?";
    private static final String PLACE = "RETURNING id, COALESCE(incarnation, created_at), seq, generation, expires_at";

    private static final Sql FREE_EXPIRED = new Sql("free-expired", """
            DELETE FROM sessions WHERE namespace = ? AND code = ? AND expires_at <= ?""");

    private static final Sql OPEN = new Sql("open", """
            INSERT INTO sessions (namespace, code, topic, peer_id, tags, generation, seq, answered,
                                  offer_candidates, answer_candidates, offerer_token, incarnation, ttl, created_at, expires_at, checksum)
            VALUES (?, ?, ?, ?, ?, 1, ?, 0, ?, 0, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (namespace, code) DO NOTHING
            """ + PLACE);

    // Whoever answers first is the answerer from then on: later generations take that answerer's token only, or none
    // where
    // the first had none.
    private static final Sql ANSWER = new Sql("answer", """
            UPDATE sessions
            SET answered = 1, answerer_token = ?, seq = seq + ?, answer_candidates = answer_candidates + ?
            WHERE %s AND answered = 0 AND generation = COALESCE(?, generation)
              AND answer_candidates + ? <= ? AND (offerer_token = ?) IS NOT TRUE
              AND (answered_before = 0 OR answerer_token IS NOT DISTINCT FROM ?)
            %s""".formatted(LIVE, PLACE));

    private static final Sql RESTART = new Sql("restart", """
            UPDATE sessions
            SET generation = generation + 1, seq = seq + 1, offer_candidates = 0, answer_candidates = 0,
                answered_before = CASE WHEN answered = 1 THEN 1 ELSE answered_before END, answered = 0
            WHERE %s AND offerer_token = ? AND seq = COALESCE(?, seq) AND expires_at = COALESCE(?, expires_at)
              AND COALESCE(incarnation, created_at) = COALESCE(?, incarnation, created_at)
            %s""".formatted(LIVE, PLACE));

    private static final Sql EXTEND = new Sql("extend", """
            UPDATE sessions SET checksum = checksum - expires_at + ?, expires_at = ? WHERE %s AND (offerer_token = ? OR answerer_token = ?)
            %s""".formatted(LIVE, PLACE));

    private static final Sql CLOSE = new Sql("close", """
            DELETE FROM sessions WHERE %s AND offerer_token = ?
            %s""".formatted(LIVE, PLACE));

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
            %s, CASE WHEN offerer_token = ? THEN 1 ELSE 2 END""".formatted(LIVE, PLACE));

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
                %s""".formatted(LIVE, token, PLACE).replace("{count}", count));
    }

    // The two corrections of a trickle that held repeated candidates; the row is locked by the guard before.
    private static final PerSide GIVE_BACK = new PerSide(
            giveBack("give-back-offerer", "offer_candidates"), giveBack("give-back-answerer", "answer_candidates"));

    private static Sql giveBack(String name, String count) {
        return new Sql(
                name,
                "UPDATE sessions SET seq = seq - ?, {count} = {count} - ? WHERE namespace = ? AND id = ?"
                        .replace("{count}", count));
    }

    private static final Sql STANDING = new Sql("standing", """
            SELECT s.id, COALESCE(s.incarnation, s.created_at), s.seq, s.generation, s.expires_at,
                   s.offerer_token, s.answerer_token, s.answered_before, s.topic, s.peer_id, s.tags, s.ttl,
                   o.payload, a.payload, s.checksum, o.checksum, a.checksum, a.seq
            FROM sessions s
            JOIN events o ON o.session_id = s.id AND o.seq = 1
            LEFT JOIN events a ON a.session_id = s.id AND a.generation = s.generation AND a.kind = 2
            WHERE s.namespace = ? AND s.code = ? AND s.expires_at > ?""");

    private static final Sql HOLD = new Sql("hold", "SELECT id FROM sessions WHERE %s FOR UPDATE".formatted(LIVE));

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

    private static final Sql SAID_BY = new Sql("said-by", """
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

    // PostgreSQL's index has the beginning of a topic only; to SQLite, whose index has all of it, the second condition
    // is idle.
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

    private static final Sql LOOK = new Sql("look", "SELECT 1 FROM history");

    private static final Sql OTHERS = new Sql("others", "SELECT 1 FROM sessions WHERE substr(code, 1, ?) <> ? LIMIT 1");

    private static final Sql SWEEP = sweep("sweep", "");

    // Where other writers are, a sweep passes over the sessions that they hold, and over those of another node's sweep.
    private static final Sql SWEEP_AMONG_WRITERS = sweep("sweep-among-writers", "FOR UPDATE SKIP LOCKED");

    private static Sql sweep(String name, String locking) {
        return new Sql(name, """
                WITH expired AS MATERIALIZED (SELECT id FROM sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ? %s)
                DELETE FROM sessions WHERE id IN (SELECT id FROM expired)""".formatted(locking));
    }

    /**
     * Opens a session under {@code key} with its offer and first candidates, or nothing where a live session has the code. An
     * expired session that the sweeper has not met yet gives its code up.
     *
     * @param incarnation a random number, as in {@link dev.parley.session.SessionVersion}
     */
    public Optional<RowVersion> open(
            Statements tx,
            SessionKey key,
            Opening opening,
            @Nullable TokenHash token,
            long incarnation,
            Duration ttl,
            Instant now)
            throws SQLException {
        RowVersion place = insert(tx, key, opening, token, incarnation, ttl, now);
        if (place == null && freeExpired(tx, key, now)) {
            place = insert(tx, key, opening, token, incarnation, ttl, now);
        }
        if (place == null) {
            return Optional.empty();
        }
        List<Event> events = new ArrayList<>();
        events.add(new Event.Offered(1, 1, opening.offer()));
        events.addAll(opening.trickle().events(2, Side.OFFERER, 1));
        EventRows.add(tx, key, place, events);
        return Optional.of(place);
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
        return tx.call(OPEN)
                .bind(key.namespace().name())
                .bind(key.code().text())
                .bind(opening.topic())
                .bind(opening.peerId())
                .bind(Tags.column(opening.tags()))
                .bind(1L + trickle.size())
                .bind(trickle.candidates().size())
                .bind(token == null ? null : token.bytes())
                .bind(incarnation)
                .bind(ttl.toMillis())
                .bind(now.toEpochMilli())
                .bind(expiresAt.toEpochMilli())
                .bind(Checksum.ofSession(
                        key.code().text(),
                        opening.topic(),
                        opening.peerId(),
                        Tags.column(opening.tags()),
                        incarnation,
                        now,
                        expiresAt))
                .updateReturning(Rows::place);
    }

    private static boolean freeExpired(Statements tx, SessionKey key, Instant now) throws SQLException {
        int rows = tx.call(FREE_EXPIRED)
                .bind(key.namespace().name())
                .bind(key.code().text())
                .bind(now.toEpochMilli())
                .update();
        return rows == 1;
    }

    /**
     * Accepts an answer with its candidates, or nothing where the guard misses: no live session, answered already, another
     * generation, another answerer than that of an earlier generation, no room for the candidates, or the offerer's own token. Of any number of concurrent calls one hits.
     *
     * @param generation which generation is answered; null for the current one
     * @param token the answerer's, or null where it goes without
     */
    public Optional<RowVersion> answer(
            Statements tx,
            SessionKey key,
            Description answer,
            @Nullable Integer generation,
            Trickle trickle,
            @Nullable TokenHash token,
            int candidatesMax,
            Instant now)
            throws SQLException {
        int candidates = trickle.candidates().size();
        byte[] hash = token == null ? null : token.bytes();
        RowVersion place = tx.call(ANSWER)
                .bind(hash)
                .bind(1L + trickle.size())
                .bind(candidates)
                .bind(key.namespace().name())
                .bind(key.code().text())
                .bind(now.toEpochMilli())
                .bind(generation)
                .bind(candidates)
                .bind(candidatesMax)
                .bind(hash)
                .bind(hash)
                .updateReturning(Rows::place);
        if (place == null) {
            return Optional.empty();
        }
        long seq = place.seq() - trickle.size();
        var events = new ArrayList<Event>();
        events.add(new Event.Answered(seq, place.generation(), answer));
        events.addAll(trickle.events(seq + 1, Side.ANSWERER, place.generation()));
        return Optional.of(addNew(tx, key, place, Side.ANSWERER, events).place());
    }

    /**
     * Adds what the side that {@code token} belongs to trickles, each candidate once, or nothing where the guard misses: no live
     * session, neither side's token, another generation, or no room.
     *
     * @param generation null for the current one
     */
    public Optional<Trickled> trickle(
            Statements tx,
            SessionKey key,
            TokenHash token,
            Trickle trickle,
            @Nullable Integer generation,
            int candidatesMax,
            Instant now)
            throws SQLException {
        int candidates = trickle.candidates().size();
        byte[] hash = token.bytes();
        Trickler trickler = tx.call(TRICKLE)
                .bind((long) trickle.size())
                .bind(hash)
                .bind(candidates)
                .bind(hash)
                .bind(candidates)
                .bind(key.namespace().name())
                .bind(key.code().text())
                .bind(now.toEpochMilli())
                .bind(generation)
                .bind(hash)
                .bind(hash)
                .bind(hash)
                .bind(candidates)
                .bind(candidatesMax)
                .bind(hash)
                .updateReturning(
                        row -> new Trickler(Rows.place(row), row.getInt(6) == 1 ? Side.OFFERER : Side.ANSWERER));
        return trickler == null
                ? Optional.empty()
                : Optional.of(addTrickle(tx, key, trickler.place(), trickler.side(), trickle));
    }

    private record Trickler(RowVersion place, Side side) {}

    /**
     * Adds what {@code side} trickles, each candidate once, or nothing where the guard misses: no live session, another token, or
     * no room.
     *
     * @param token the side's, or null: then the guard hits only a side that has none
     */
    public Optional<Trickled> trickleAs(
            Statements tx,
            SessionKey key,
            Side side,
            @Nullable TokenHash token,
            Trickle trickle,
            int candidatesMax,
            Instant now)
            throws SQLException {
        int candidates = trickle.candidates().size();
        Statements.Call guard = tx.call((token == null ? TRICKLE_WITHOUT_TOKEN : TRICKLE_AS).of(side))
                .bind((long) trickle.size())
                .bind(candidates)
                .bind(key.namespace().name())
                .bind(key.code().text())
                .bind(now.toEpochMilli())
                .bind(candidates)
                .bind(candidatesMax);
        if (token != null) {
            guard.bind(token.bytes());
        }
        RowVersion place = guard.updateReturning(Rows::place);
        return place == null ? Optional.empty() : Optional.of(addTrickle(tx, key, place, side, trickle));
    }

    private static Trickled addTrickle(Statements tx, SessionKey key, RowVersion place, Side side, Trickle trickle)
            throws SQLException {
        List<Event> events = trickle.events(place.seq() - trickle.size() + 1, side, place.generation());
        Added added = addNew(tx, key, place, side, events);
        return new Trickled(added.place().seq(), candidates(added.events()));
    }

    /**
     * Starts a new generation with {@code offer}, or nothing where the guard misses: no live session, not the offerer's token,
     * or the session is at another version.
     *
     * @param version the state that the offer replaces; null for any
     */
    public Optional<RowVersion> restart(
            Statements tx,
            SessionKey key,
            TokenHash token,
            @Nullable SessionVersion version,
            Description offer,
            Instant now)
            throws SQLException {
        RowVersion place = tx.call(RESTART)
                .bind(key.namespace().name())
                .bind(key.code().text())
                .bind(now.toEpochMilli())
                .bind(token.bytes())
                .bind(version == null ? null : (Long) version.seq())
                .bind(version == null ? null : (Long) version.expiresAt().toEpochMilli())
                .bind(version == null ? null : (Long) version.incarnation())
                .updateReturning(Rows::place);
        if (place == null) {
            return Optional.empty();
        }
        EventRows.add(tx, key, place, List.of(new Event.Offered(place.seq(), place.generation(), offer)));
        return Optional.of(place);
    }

    /** Moves the session's end to {@code expiresAt}, or nothing where the guard misses: no live session or a strange token. */
    public Optional<RowVersion> extend(Statements tx, SessionKey key, TokenHash token, Instant expiresAt, Instant now)
            throws SQLException {
        RowVersion place = tx.call(EXTEND)
                .bind(expiresAt.toEpochMilli())
                .bind(expiresAt.toEpochMilli())
                .bind(key.namespace().name())
                .bind(key.code().text())
                .bind(now.toEpochMilli())
                .bind(token.bytes())
                .bind(token.bytes())
                .updateReturning(Rows::place);
        return Optional.ofNullable(place);
    }

    /**
     * Deletes the session with its events, or nothing where the guard misses: no live session or not the offerer's token. Its last
     * event, {@link Event.Closed}, is retained for a short time for {@link #follow}.
     */
    public Optional<RowVersion> close(Statements tx, SessionKey key, TokenHash token, Instant now) throws SQLException {
        RowVersion place = tx.call(CLOSE)
                .bind(key.namespace().name())
                .bind(key.code().text())
                .bind(now.toEpochMilli())
                .bind(token.bytes())
                .updateReturning(Rows::place);
        if (place != null) {
            tx.call(RETAIN_LAST)
                    .bind(key.namespace().name())
                    .bind(key.code().text())
                    .bind(place.incarnation())
                    .bind(place.seq() + 1)
                    .bind(place.generation())
                    .bind(now.plus(LAST_RETAINED).toEpochMilli())
                    .update();
        }
        return Optional.ofNullable(place);
    }

    /**
     * How a live session stands, and goes on standing until COMMIT: where other writers are, it is held first. So what follows
     * from this is not overtaken, and a guard that missed before and should not miss now hits when it is tried again.
     */
    public Optional<SessionState> standing(Statements tx, SessionKey key, Instant now) throws SQLException {
        if (tx.isAmongWriters() && !hold(tx, key, now)) {
            return Optional.empty();
        }
        return Optional.ofNullable(tx.call(STANDING)
                .bind(key.namespace().name())
                .bind(key.code().text())
                .bind(now.toEpochMilli())
                .first(row -> new Rows(tx.payloads()).standing(row, key)));
    }

    /** In a statement of its own: a join that had to wait for the row would show what it is joined with as it was before. */
    private static boolean hold(Statements tx, SessionKey key, Instant now) throws SQLException {
        Long id = tx.call(HOLD)
                .bind(key.namespace().name())
                .bind(key.code().text())
                .bind(now.toEpochMilli())
                .first(row -> row.getLong(1));
        return id != null;
    }

    /** What remains of {@code trickle} without what {@code side} already has in {@code generation}. */
    public Trickle withoutKnown(Statements tx, SessionKey key, Side side, int generation, Trickle trickle, Instant now)
            throws SQLException {
        Set<ByteBuffer> known = tx.call(KNOWN)
                .bind(generation)
                .bind(EventKind.parity(side))
                .bind(key.namespace().name())
                .bind(key.code().text())
                .bind(now.toEpochMilli())
                .all(rows -> {
                    var digests = new HashSet<ByteBuffer>();
                    while (rows.next()) {
                        digests.add(ByteBuffer.wrap(rows.getBytes(1)));
                    }
                    return digests;
                });
        List<Candidate> fresh = trickle.candidates().stream()
                .filter(candidate ->
                        !known.contains(ByteBuffer.wrap(tx.payloads().digest(candidate))))
                .toList();
        return new Trickle(fresh, trickle.end() && !known.contains(ByteBuffer.wrap(EventRows.END_DIGEST)));
    }

    /**
     * The number of the last event before the first one of the other side behind number {@code seq}, or {@code latest} where the
     * other side has none there.
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

    /** The session as it is committed, or nothing where no live one has the key. */
    public Optional<Session> session(Statements node, SessionKey key, Instant now) throws SQLException {
        return node.call(SESSION)
                .bind(key.namespace().name())
                .bind(key.code().text())
                .bind(now.toEpochMilli())
                .all(rows -> new Rows(node.payloads()).session(rows, key));
    }

    /** What {@code side} has said in the current generation, or nothing where no live session has the key. */
    public Optional<SideState> saidBy(Statements node, SessionKey key, Side side, Instant now) throws SQLException {
        return node.call(SAID_BY)
                .bind(EventKind.parity(side))
                .bind(EventKind.parity(side))
                .bind(key.namespace().name())
                .bind(key.code().text())
                .bind(now.toEpochMilli())
                .all(rows -> new Rows(node.payloads()).said(rows, key));
    }

    /**
     * The events behind number {@code after} in their order, at most {@code limit}; empty where there are none yet, nothing
     * where no live session has the key.
     */
    public Optional<Events> events(Statements node, SessionKey key, long after, int limit, Instant now)
            throws SQLException {
        return node.call(EVENTS)
                .bind(after)
                .bind(key.namespace().name())
                .bind(key.code().text())
                .bind(now.toEpochMilli())
                .bind(limit)
                .all(rows -> new Rows(node.payloads()).events(rows, key, after, limit));
    }

    /**
     * As {@link #events}, of the session with this {@code incarnation} only. If that was closed a short time ago, the result is its
     * last event, {@link Event.Closed}, unless the event's number is {@code after} or less.
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

    /** The open sessions of a topic with what their offerers have said, newest first, at most {@code limit}. */
    public List<Waiting> waiting(Statements node, Namespace namespace, String topic, int limit, Instant now)
            throws SQLException {
        return node.call(WAITING)
                .bind(namespace.name())
                .bind(topic)
                .bind(topic)
                .bind(now.toEpochMilli())
                .bind(limit)
                .all(rows -> new Rows(node.payloads()).waiting(rows, namespace));
    }

    /** What the node holds, in all namespaces; reads everything. */
    public Count count(Statements node, Instant now) throws SQLException {
        long millis = now.toEpochMilli();
        return node.call(COUNT).bind(millis).bind(millis).bind(millis).all(row -> {
            row.next();
            return new Count(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5));
        });
    }

    /**
     * What a node holds.
     *
     * @param sessions the expired ones included
     * @param live those that have not expired
     * @param waiting those of the live ones that have no answer yet
     * @param topics under which sessions wait, each counted once a namespace
     * @param events of all sessions
     */
    public record Count(long sessions, long live, long waiting, long topics, long events) {}

    /** Whether the store can be read; fails where it cannot. */
    public boolean look(Statements node) throws SQLException {
        return node.call(LOOK).first(row -> true) != null;
    }

    /** Whether there is a session, expired or not, whose code does not begin with {@code prefix}, in any namespace. */
    public boolean holdsOthersThan(Statements node, String prefix) throws SQLException {
        return node.call(OTHERS).bind(prefix.length()).bind(prefix).first(row -> true) != null;
    }

    /** Deletes sessions that expired at or before {@code now}, oldest first, at most {@code limit}; returns how many. */
    public int sweep(Statements tx, Instant now, int limit) throws SQLException {
        Sql sweep = tx.isAmongWriters() ? SWEEP_AMONG_WRITERS : SWEEP;
        return tx.call(sweep).bind(now.toEpochMilli()).bind(limit).update();
    }

    /** Deletes at most {@code limit} retained last events whose time is over, oldest first; returns how many. */
    public int sweepClosed(Statements tx, Instant now, int limit) throws SQLException {
        return tx.call(SWEEP_LAST).bind(now.toEpochMilli()).bind(limit).update();
    }

    /**
     * Adds what is new of the events, gives back the numbers that the guard took for what is not.
     *
     * @param events of {@code side}, numbered as if all were new
     */
    private static Added addNew(Statements tx, SessionKey key, RowVersion place, Side side, List<Event> events)
            throws SQLException {
        List<Event> said = EventRows.addNew(tx, key, place, events);
        int repeated = events.size() - said.size();
        if (repeated > 0) {
            tx.call(GIVE_BACK.of(side))
                    .bind((long) repeated)
                    .bind(candidates(events) - candidates(said))
                    .bind(key.namespace().name())
                    .bind(place.id())
                    .update();
        }
        RowVersion now = new RowVersion(
                place.id(), place.incarnation(), place.seq() - repeated, place.generation(), place.expiresAt());
        return new Added(now, said);
    }

    /** What was new of some events, and how the session stands with it. */
    private record Added(RowVersion place, List<Event> events) {}

    private static int candidates(List<Event> said) {
        return (int)
                said.stream().filter(event -> event instanceof Event.Trickled).count();
    }

    /** A statement whose columns depend on the side that speaks. */
    private record PerSide(Sql offerer, Sql answerer) {
        Sql of(Side side) {
            return side == Side.OFFERER ? offerer : answerer;
        }
    }
}
