package dev.parley.store;

import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Event;
import dev.parley.session.Events;
import dev.parley.session.Said;
import dev.parley.session.Session;
import dev.parley.session.Side;
import dev.parley.session.Waiting;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes domain values of the rows that {@link SessionStore} selects; the order of the columns is each statement's. */
final class Rows {
    /** What a NULL reads as where a number is asked for: the row stands for a session without such events. */
    private static final int NULL = 0;

    private Rows() {}

    /** Columns: id, seq, generation, expires_at. */
    static Place place(ResultSet row) throws SQLException {
        return new Place(row.getLong(1), row.getLong(2), row.getInt(3), instant(row, 4));
    }

    /** Columns: an event's, then the session's own, the same in each row. */
    static Optional<Session> session(ResultSet rows, Code code) throws SQLException {
        if (!rows.next()) {
            return Optional.empty();
        }
        Long checksum = Checksum.in(rows, 7);
        String topic = rows.getString(8);
        String peerId = rows.getString(9);
        String tags = rows.getString(10);
        int generation = rows.getInt(11);
        long seq = rows.getLong(12);
        Instant createdAt = instant(rows, 13);
        Instant expiresAt = instant(rows, 14);
        if (checksum != null) {
            Checksum.require(
                    checksum, Checksum.ofSession(code.text(), topic, peerId, tags, createdAt, expiresAt), false);
        }
        var offerer = new Saying();
        var answerer = new Saying();
        long latest;
        do {
            latest = rows.getLong(1);
            EventKind kind = EventKind.numbered(rows.getInt(3));
            (kind.side() == Side.OFFERER ? offerer : answerer).add(kind, rows);
        } while (rows.next());
        require(latest == seq && offerer.description != null, "events of the session are missing");
        return Optional.of(new Session(
                code,
                topic,
                peerId,
                Tags.list(tags),
                generation,
                seq,
                offerer.said(),
                answerer.said(),
                createdAt,
                expiresAt));
    }

    /** Columns: an event's, nulls where the side has said nothing, then how many candidates the side has. */
    static Optional<Said> said(ResultSet rows) throws SQLException {
        if (!rows.next()) {
            return Optional.empty();
        }
        int candidates = rows.getInt(8);
        var saying = new Saying();
        do {
            int kind = rows.getInt(3);
            if (kind != NULL) {
                saying.add(EventKind.numbered(kind), rows);
            }
        } while (rows.next());
        require(saying.candidates.size() == candidates, "events of the session are missing");
        return Optional.of(saying.said());
    }

    /** Columns: an event's, nulls where nothing is new, then the session's created_at, expires_at and seq. */
    static Optional<Events> events(ResultSet rows, long after, int limit) throws SQLException {
        if (!rows.next()) {
            return Optional.empty();
        }
        Instant createdAt = instant(rows, 8);
        Instant expiresAt = instant(rows, 9);
        long latest = rows.getLong(10);
        var events = new ArrayList<Event>();
        do {
            long seq = rows.getLong(1);
            if (seq != NULL) {
                require(seq == after + events.size() + 1, "an event of the session is missing");
                events.add(event(seq, rows));
            }
        } while (rows.next());
        require(events.size() == Math.min(limit, Math.max(0, latest - after)), "events of the session are missing");
        return Optional.of(new Events(events, createdAt, expiresAt));
    }

    /** Columns: those of the statement that asks how a session stands, of which the offer and the answer are held to their sums. */
    static void requireWhole(ResultSet row) throws SQLException {
        long id = row.getLong(1);
        boolean none = Checksum.in(row, 10) == null;
        byte[] answer = row.getBytes(9);
        Checksum.require(
                Checksum.in(row, 11), Checksum.ofEvent(id, 1, 1, EventKind.OFFER.number(), row.getBytes(8)), none);
        if (answer != null) {
            Checksum.require(
                    Checksum.in(row, 12),
                    Checksum.ofEvent(id, row.getLong(13), row.getInt(3), EventKind.ANSWER.number(), answer),
                    none);
        }
    }

    private static Event event(long seq, ResultSet row) throws SQLException {
        int generation = row.getInt(2);
        EventKind kind = EventKind.numbered(row.getInt(3));
        byte[] payload = payload(row);
        return switch (kind) {
            case OFFER -> new Event.Offered(seq, generation, new Description(payload));
            case ANSWER -> new Event.Answered(seq, generation, new Description(payload));
            case OFFERER_CANDIDATE, ANSWERER_CANDIDATE ->
                new Event.Trickled(seq, kind.side(), generation, new Candidate(payload));
            case OFFERER_END_OF_CANDIDATES, ANSWERER_END_OF_CANDIDATES ->
                new Event.EndOfCandidates(seq, kind.side(), generation);
        };
    }

    /** Columns: an event's, then code, peer_id, created_at, expires_at, topic, tags; a session's rows stand together. */
    static List<Waiting> waiting(ResultSet rows) throws SQLException {
        var waiting = new ArrayList<Waiting>();
        boolean row = rows.next();
        while (row) {
            long id = rows.getLong(6);
            Long checksum = Checksum.in(rows, 7);
            String code = rows.getString(8);
            String peerId = rows.getString(9);
            Instant createdAt = instant(rows, 10);
            Instant expiresAt = instant(rows, 11);
            if (checksum != null) {
                long made =
                        Checksum.ofSession(code, rows.getString(12), peerId, rows.getString(13), createdAt, expiresAt);
                Checksum.require(checksum, made, false);
            }
            var offerer = new Saying();
            do {
                offerer.add(EventKind.numbered(rows.getInt(3)), rows);
                row = rows.next();
            } while (row && rows.getLong(6) == id);
            waiting.add(new Waiting(new Code(code), peerId, offerer.said(), createdAt, expiresAt));
        }
        return waiting;
    }

    /**
     * What an event's row holds, as it was written. Columns: seq, generation, kind, payload, checksum, then the session's id and
     * checksum.
     */
    @SuppressWarnings("NullAway") // only the end of candidates has none, and nobody asks for it
    private static byte[] payload(ResultSet row) throws SQLException {
        byte[] payload = row.getBytes(4);
        long sum = Checksum.ofEvent(row.getLong(6), row.getLong(1), row.getInt(2), row.getInt(3), payload);
        Checksum.require(Checksum.in(row, 5), sum, Checksum.in(row, 7) == null);
        return payload;
    }

    private static void require(boolean holds, String why) throws RowDamaged {
        if (!holds) {
            throw new RowDamaged(why);
        }
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return Instant.ofEpochMilli(row.getLong(column));
    }

    /** Gathers what one side said, row by row. */
    private static final class Saying {
        private @Nullable Description description;
        private final List<Candidate> candidates = new ArrayList<>();
        private boolean end;

        void add(EventKind kind, ResultSet row) throws SQLException {
            byte[] payload = payload(row);
            switch (kind) {
                case OFFER, ANSWER -> description = new Description(payload);
                case OFFERER_CANDIDATE, ANSWERER_CANDIDATE -> candidates.add(new Candidate(payload));
                case OFFERER_END_OF_CANDIDATES, ANSWERER_END_OF_CANDIDATES -> end = true;
            }
        }

        Said said() {
            return new Said(description, candidates, end);
        }
    }
}
