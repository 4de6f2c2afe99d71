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

    /** Columns: kind, payload, then the session's own, the same in each row. */
    static Optional<Session> session(ResultSet rows, Code code) throws SQLException {
        if (!rows.next()) {
            return Optional.empty();
        }
        String topic = rows.getString(3);
        String peerId = rows.getString(4);
        List<String> tags = Tags.list(rows.getString(5));
        int generation = rows.getInt(6);
        long seq = rows.getLong(7);
        Instant createdAt = instant(rows, 8);
        Instant expiresAt = instant(rows, 9);
        var offerer = new Saying();
        var answerer = new Saying();
        do {
            EventKind kind = EventKind.numbered(rows.getInt(1));
            (kind.side() == Side.OFFERER ? offerer : answerer).add(kind, rows);
        } while (rows.next());
        return Optional.of(new Session(
                code, topic, peerId, tags, generation, seq, offerer.said(), answerer.said(), createdAt, expiresAt));
    }

    /** Columns: kind, payload; one row of nulls where the side has said nothing. */
    static Optional<Said> said(ResultSet rows) throws SQLException {
        if (!rows.next()) {
            return Optional.empty();
        }
        var saying = new Saying();
        do {
            int kind = rows.getInt(1);
            if (kind != NULL) {
                saying.add(EventKind.numbered(kind), rows);
            }
        } while (rows.next());
        return Optional.of(saying.said());
    }

    /** Columns: seq, generation, kind, payload, then the session's created_at and expires_at; one row of nulls where nothing is new. */
    static Optional<Events> events(ResultSet rows) throws SQLException {
        if (!rows.next()) {
            return Optional.empty();
        }
        Instant createdAt = instant(rows, 5);
        Instant expiresAt = instant(rows, 6);
        var events = new ArrayList<Event>();
        do {
            long seq = rows.getLong(1);
            if (seq != NULL) {
                events.add(event(seq, rows));
            }
        } while (rows.next());
        return Optional.of(new Events(events, createdAt, expiresAt));
    }

    private static Event event(long seq, ResultSet row) throws SQLException {
        int generation = row.getInt(2);
        EventKind kind = EventKind.numbered(row.getInt(3));
        return switch (kind) {
            case OFFER -> new Event.Offered(seq, generation, new Description(row.getBytes(4)));
            case ANSWER -> new Event.Answered(seq, generation, new Description(row.getBytes(4)));
            case OFFERER_CANDIDATE, ANSWERER_CANDIDATE ->
                new Event.Trickled(seq, kind.side(), generation, new Candidate(row.getBytes(4)));
            case OFFERER_END_OF_CANDIDATES, ANSWERER_END_OF_CANDIDATES ->
                new Event.EndOfCandidates(seq, kind.side(), generation);
        };
    }

    /** Columns: kind, payload, then id, code, peer_id, created_at, expires_at; a session's rows stand together. */
    static List<Waiting> waiting(ResultSet rows) throws SQLException {
        var waiting = new ArrayList<Waiting>();
        boolean row = rows.next();
        while (row) {
            long id = rows.getLong(3);
            var code = new Code(rows.getString(4));
            String peerId = rows.getString(5);
            Instant createdAt = instant(rows, 6);
            Instant expiresAt = instant(rows, 7);
            var offerer = new Saying();
            do {
                offerer.add(EventKind.numbered(rows.getInt(1)), rows);
                row = rows.next();
            } while (row && rows.getLong(3) == id);
            waiting.add(new Waiting(code, peerId, offerer.said(), createdAt, expiresAt));
        }
        return waiting;
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return Instant.ofEpochMilli(row.getLong(column));
    }

    /** Gathers what one side said, row by row. */
    private static final class Saying {
        private @Nullable Description description;
        private final List<Candidate> candidates = new ArrayList<>();
        private boolean end;

        /** Column 2: payload. */
        void add(EventKind kind, ResultSet row) throws SQLException {
            switch (kind) {
                case OFFER, ANSWER -> description = new Description(row.getBytes(2));
                case OFFERER_CANDIDATE, ANSWERER_CANDIDATE -> candidates.add(new Candidate(row.getBytes(2)));
                case OFFERER_END_OF_CANDIDATES, ANSWERER_END_OF_CANDIDATES -> end = true;
            }
        }

        Said said() {
            return new Said(description, candidates, end);
        }
    }
}
