package dev.parley.store.sql;

import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Event;
import dev.parley.session.Event.Events;
import dev.parley.session.Listing.Identified;
import dev.parley.session.Listing.Waiting;
import dev.parley.session.Namespace;
import dev.parley.session.Session;
import dev.parley.session.Session.SideState;
import dev.parley.session.SessionKey;
import dev.parley.session.Side;
import dev.parley.session.TokenHash;
import dev.parley.session.TopicKey;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import dev.parley.store.crypto.AesGcm.DecryptionFailed;
import dev.parley.store.crypto.PayloadCodec;
import dev.parley.store.crypto.PayloadCodec.EventPosition;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads of sessions: each is one indexed query, with a method that maps its columns to domain values. */
public abstract class SessionReads {
    private static final Sql SESSION = new Sql("session", """
            SELECT e.seq, e.generation, e.kind, e.payload, e.checksum, s.id, s.checksum,
                   s.topic, s.peer_id, s.tags, s.incarnation, s.created_at, s.expires_at, s.generation, s.seq
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
                   s.topic, s.peer_id, s.tags, s.incarnation, s.created_at, s.expires_at, s.code
            FROM (SELECT * FROM sessions
                  WHERE namespace = ? AND topic = ? AND substr(topic, 1, 256) = substr(?, 1, 256)
                    AND answered = 0 AND answered_before = 0 AND expires_at > ?
                  ORDER BY id DESC LIMIT ?) s
            JOIN events e ON e.session_id = s.id AND e.generation = s.generation AND e.kind % 2 = 1
            ORDER BY s.id DESC, e.seq""");

    private static final Sql LISTED = new Sql("listed", """
            SELECT id, checksum, topic, peer_id, tags, incarnation, created_at, expires_at, code
            FROM sessions
            WHERE namespace = ? AND topic = ? AND substr(topic, 1, 256) = substr(?, 1, 256)
              AND answered = 0 AND answered_before = 0 AND expires_at > ?
            ORDER BY id DESC LIMIT ?""");

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

    private static final Sql LAST = new Sql("last", """
            SELECT seq, generation FROM closed_sessions
            WHERE namespace = ? AND code = ? AND incarnation = ? AND seq > ? AND expires_at > ?""");

    /** What JDBC returns for a NULL number: the row is of a session without such events. */
    private static final int NULL = 0;

    final PayloadCodec codec;

    SessionReads(PayloadCodec codec) {
        this.codec = codec;
    }

    /** The committed session; nothing without a live session, as below. */
    public Optional<Session> session(Statements node, SessionKey key, Instant now) throws SQLException {
        return node.call(SESSION).bind(key).bind(now).all(row -> session(row, key));
    }

    /** The description and candidates of {@code side} in the current generation. */
    public Optional<SideState> side(Statements node, SessionKey key, Side side, Instant now) throws SQLException {
        Statements.Call query = node.call(SIDE).bind(EventRows.parity(side)).bind(EventRows.parity(side));
        return query.bind(key).bind(now).all(row -> side(row, key));
    }

    /** At most {@code limit} events after number {@code after}, in order; empty if there are none yet, nothing without a live session. */
    public Optional<Events> events(Statements node, SessionKey key, long after, int limit, Instant now)
            throws SQLException {
        return node.call(EVENTS).bind(after).bind(key).bind(now).bind(limit).all(row -> events(row, key, after, limit));
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
                        .bind(key)
                        .bind(incarnation)
                        .bind(after)
                        .bind(now)
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
                .bind(now)
                .bind(limit)
                .all(row -> waiting(row, namespace));
    }

    /** The open sessions of a topic, newest first, at most {@code limit}. */
    public List<Identified> listed(Statements node, TopicKey topic, int limit, Instant now) throws SQLException {
        return node.call(LISTED)
                .bind(topic.namespace().name())
                .bind(topic.topic())
                .bind(topic.topic())
                .bind(now)
                .bind(limit)
                .list(SessionReads::listed);
    }

    /** Counts the rows of the node, in all namespaces; reads everything. */
    public static Count count(Statements node, Instant now) throws SQLException {
        return node.call(COUNT).bind(now).bind(now).bind(now).all(row -> {
            row.next();
            return new Count(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5));
        });
    }

    /**
     * The contents of a node.
     *
     * @param sessions including expired ones
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
    public static boolean hasSessionsWithout(Statements node, String prefix) throws SQLException {
        return node.call(OTHERS).bind(prefix.length()).bind(prefix).first(row -> true) != null;
    }

    /** Columns: id, incarnation, seq, generation, expires_at. */
    static RowVersion version(ResultSet row) throws SQLException {
        return new RowVersion(row.getLong(1), row.getLong(2), row.getLong(3), row.getInt(4), instant(row, 5));
    }

    /** Columns from {@code id} on: id, checksum, topic, peer_id, tags, incarnation, created_at, expires_at. */
    private static SessionColumns columns(ResultSet row, int id, String code) throws SQLException {
        return new SessionColumns(
                        row.getLong(id),
                        code,
                        row.getString(id + 2),
                        row.getString(id + 3),
                        row.getString(id + 4),
                        nullableLong(row, id + 5),
                        row.getLong(id + 6),
                        row.getLong(id + 7),
                        nullableLong(row, id + 1))
                .requireIntact();
    }

    /** Columns: an event's, then the session's with its generation and seq, the same in each row. */
    private Optional<Session> session(ResultSet rows, SessionKey key) throws SQLException {
        if (!rows.next()) {
            return Optional.empty();
        }
        SessionColumns session = columns(rows, 6, key.code().text());
        int generation = rows.getInt(14);
        long seq = rows.getLong(15);
        var offerer = new SideRows();
        var answerer = new SideRows();
        long latest;
        do {
            latest = rows.getLong(1);
            if (latest != NULL) {
                (side(kind(rows)) == Side.OFFERER ? offerer : answerer).add(key, rows);
            }
        } while (rows.next());
        require(latest == seq && offerer.description != null, session.id(), "events are missing");
        return Optional.of(new Session(
                key.code(),
                session.topic(),
                session.peerId(),
                Tags.list(session.tags()),
                generation,
                session.identity(),
                seq,
                offerer.state(),
                answerer.state(),
                Instant.ofEpochMilli(session.createdAt()),
                Instant.ofEpochMilli(session.expiresAt())));
    }

    /** Columns: an event's, nulls where the side has none, then the number of candidates of the side. */
    private Optional<SideState> side(ResultSet rows, SessionKey key) throws SQLException {
        if (!rows.next()) {
            return Optional.empty();
        }
        long id = rows.getLong(6);
        int candidates = rows.getInt(8);
        var side = new SideRows();
        do {
            if (rows.getInt(3) != NULL) {
                side.add(key, rows);
            }
        } while (rows.next());
        require(side.candidates.size() == candidates, id, "events are missing");
        return Optional.of(side.state());
    }

    /** Columns: an event's, nulls where nothing is new, then the session's incarnation, expires_at and seq. */
    private Optional<Events> events(ResultSet rows, SessionKey key, long after, int limit) throws SQLException {
        if (!rows.next()) {
            return Optional.empty();
        }
        long id = rows.getLong(6);
        long incarnation = rows.getLong(8);
        Instant expiresAt = instant(rows, 9);
        long latest = rows.getLong(10);
        var events = new ArrayList<Event>();
        do {
            long seq = rows.getLong(1);
            if (seq != NULL) {
                require(seq == after + events.size() + 1, id, "an event is missing");
                events.add(event(key, rows));
            }
        } while (rows.next());
        require(events.size() == Math.min(limit, Math.max(0, latest - after)), id, "events are missing");
        return Optional.of(new Events(events, incarnation, expiresAt));
    }

    /**
     * Columns: a version, the tokens, answered_before, topic, peer_id, tags, ttl, the payloads of offer and answer, then the checksums
     * and the answer's seq.
     */
    SessionState state(ResultSet row, SessionKey key) throws SQLException {
        RowVersion version = version(row);
        byte[] offererToken = row.getBytes(6);
        byte[] answererToken = row.getBytes(7);
        Long ttl = nullableLong(row, 12);
        boolean none = nullableLong(row, 15) == null;
        long answerSeq = row.getLong(18);
        var offer = new EventPosition(key, version.id(), 1, 1, EventRows.DESCRIPTION);
        var answer = new EventPosition(key, version.id(), answerSeq, version.generation(), EventRows.DESCRIPTION + 1);
        byte[] answered =
                row.getBytes(14) == null ? null : decoded(answer, row.getBytes(14), nullableLong(row, 17), none);
        return new SessionState(
                version,
                offererToken == null ? null : new TokenHash(offererToken),
                answererToken == null ? null : new TokenHash(answererToken),
                row.getInt(8) == 1,
                row.getString(9),
                row.getString(10),
                Tags.list(row.getString(11)),
                ttl == null ? null : Duration.ofMillis(ttl),
                new Description(decoded(offer, row.getBytes(13), nullableLong(row, 16), none)),
                answered == null ? null : new Description(answered),
                answerSeq);
    }

    private Event event(SessionKey key, ResultSet row) throws SQLException {
        long seq = row.getLong(1);
        int generation = row.getInt(2);
        int kind = kind(row);
        Side side = side(kind);
        byte[] payload = payload(key, kind, row);
        if (kind >= EventRows.END) {
            return new Event.EndOfCandidates(seq, side, generation);
        }
        if (kind >= EventRows.CANDIDATE) {
            return new Event.Trickled(seq, side, generation, new Candidate(payload));
        }
        return side == Side.OFFERER
                ? new Event.Offered(seq, generation, new Description(payload))
                : new Event.Answered(seq, generation, new Description(payload));
    }

    /** Columns: an event's, the session's, then its code; the rows of a session are adjacent. */
    private List<Waiting> waiting(ResultSet rows, Namespace namespace) throws SQLException {
        var waiting = new ArrayList<Waiting>();
        boolean row = rows.next();
        while (row) {
            var key = new SessionKey(namespace, new Code(rows.getString(14)));
            SessionColumns session = columns(rows, 6, key.code().text());
            var offerer = new SideRows();
            do {
                offerer.add(key, rows);
                row = rows.next();
            } while (row && rows.getLong(6) == session.id());
            waiting.add(new Waiting(
                    key.code(),
                    session.peerId(),
                    offerer.state(),
                    Instant.ofEpochMilli(session.createdAt()),
                    Instant.ofEpochMilli(session.expiresAt())));
        }
        return waiting;
    }

    /** Columns: the session's, then its code. */
    private static Identified listed(ResultSet row) throws SQLException {
        SessionColumns session = columns(row, 1, row.getString(9));
        return new Identified(session.id(), session.identity(), session.listing());
    }

    /** The decoded payload. Columns: seq, generation, kind, payload, checksum, then the session's id and checksum. */
    private byte[] payload(SessionKey key, int kind, ResultSet row) throws SQLException {
        var position = new EventPosition(key, row.getLong(6), row.getLong(1), row.getInt(2), kind);
        return decoded(position, row.getBytes(4), nullableLong(row, 5), nullableLong(row, 7) == null);
    }

    /** @param none whether the session has no checksum, as then its events of that time have none either */
    @SuppressWarnings("NullAway") // only the end of candidates has no payload, and none is read of it
    private byte[] decoded(EventPosition position, byte @Nullable [] stored, @Nullable Long checksum, boolean none)
            throws RowDamaged {
        if (checksum == null ? !none : checksum != EventRows.checksum(position, stored)) {
            throw new RowDamaged(position + ": its checksum does not match");
        }
        try {
            return stored == null ? null : codec.decode(position, stored);
        } catch (DecryptionFailed e) {
            throw new RowDamaged(position + ": " + e.reason());
        }
    }

    private static void require(boolean holds, long id, String why) throws RowDamaged {
        if (!holds) {
            throw new RowDamaged("the session with the id " + id + ": " + why);
        }
    }

    private static @Nullable Long nullableLong(ResultSet row, int column) throws SQLException {
        long number = row.getLong(column);
        return row.wasNull() ? null : number;
    }

    /** The number of an event's type and side. */
    private static int kind(ResultSet row) throws SQLException {
        int kind = row.getInt(3);
        require(kind >= 1 && kind <= EventRows.END + 1, row.getLong(6), "the kind of an event is unknown");
        return kind;
    }

    private static Side side(int kind) {
        return kind % 2 == EventRows.parity(Side.OFFERER) ? Side.OFFERER : Side.ANSWERER;
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return Instant.ofEpochMilli(row.getLong(column));
    }

    /** Collects the events of one side, row by row. */
    private final class SideRows {
        private @Nullable Description description;
        private final List<Candidate> candidates = new ArrayList<>();
        private boolean end;

        void add(SessionKey key, ResultSet row) throws SQLException {
            int kind = kind(row);
            byte[] payload = payload(key, kind, row);
            if (kind >= EventRows.END) {
                end = true;
            } else if (kind >= EventRows.CANDIDATE) {
                candidates.add(new Candidate(payload));
            } else {
                description = new Description(payload);
            }
        }

        SideState state() {
            return new SideState(description, candidates, end);
        }
    }
}
