package dev.parley.store;

import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Event;
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
    /** What a NULL reads as: the row stands for a session without such events. */
    private static final int NOTHING = 0;

    private Rows() {}

    /** Columns: id, seq, generation, expires_at. */
    static Place place(ResultSet row) throws SQLException {
        return new Place(row.getLong(1), row.getLong(2), row.getInt(3), instant(row, 4));
    }

    /** Columns: side, type, payload, then the session's own, the same in each row. */
    static Optional<Session> session(ResultSet rows, Code code) throws SQLException {
        if (!rows.next()) {
            return Optional.empty();
        }
        String topic = rows.getString(4);
        String peerId = rows.getString(5);
        List<String> tags = Tags.list(rows.getString(6));
        int generation = rows.getInt(7);
        long seq = rows.getLong(8);
        Instant createdAt = instant(rows, 9);
        Instant expiresAt = instant(rows, 10);
        var offerer = new Saying();
        var answerer = new Saying();
        do {
            (side(rows.getString(1)) == Side.OFFERER ? offerer : answerer).add(rows);
        } while (rows.next());
        return Optional.of(new Session(
                code, topic, peerId, tags, generation, seq, offerer.said(), answerer.said(), createdAt, expiresAt));
    }

    /** Columns: side, type, payload; one row of nulls where the side has said nothing. */
    static Optional<Said> said(ResultSet rows) throws SQLException {
        if (!rows.next()) {
            return Optional.empty();
        }
        var saying = new Saying();
        do {
            saying.add(rows);
        } while (rows.next());
        return Optional.of(saying.said());
    }

    /** Columns: seq, generation, side, type, payload; one row of nulls where nothing is new. */
    static Optional<List<Event>> events(ResultSet rows) throws SQLException {
        if (!rows.next()) {
            return Optional.empty();
        }
        var events = new ArrayList<Event>();
        do {
            long seq = rows.getLong(1);
            if (seq != NOTHING) {
                events.add(event(seq, rows));
            }
        } while (rows.next());
        return Optional.of(events);
    }

    private static Event event(long seq, ResultSet row) throws SQLException {
        int generation = row.getInt(2);
        Side side = side(row.getString(3));
        return switch (EventType.named(row.getString(4))) {
            case OFFER -> new Event.Offered(seq, generation, new Description(row.getBytes(5)));
            case ANSWER -> new Event.Answered(seq, generation, new Description(row.getBytes(5)));
            case CANDIDATE -> new Event.Trickled(seq, side, generation, new Candidate(row.getBytes(5)));
            case END_OF_CANDIDATES -> new Event.EndOfCandidates(seq, side, generation);
        };
    }

    /** Columns: side, type, payload, then id, code, peer_id, created_at, expires_at; a session's rows stand together. */
    static List<Waiting> waiting(ResultSet rows) throws SQLException {
        var waiting = new ArrayList<Waiting>();
        boolean row = rows.next();
        while (row) {
            long id = rows.getLong(4);
            var code = new Code(rows.getString(5));
            String peerId = rows.getString(6);
            Instant createdAt = instant(rows, 7);
            Instant expiresAt = instant(rows, 8);
            var offerer = new Saying();
            do {
                offerer.add(rows);
                row = rows.next();
            } while (row && rows.getLong(4) == id);
            waiting.add(new Waiting(code, peerId, offerer.said(), createdAt, expiresAt));
        }
        return waiting;
    }

    private static Side side(String word) throws SQLException {
        return Side.named(word).orElseThrow(() -> new SQLException("events.side holds an unknown word"));
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return Instant.ofEpochMilli(row.getLong(column));
    }

    /** Gathers what one side said, row by row. */
    private static final class Saying {
        private @Nullable Description description;
        private final List<Candidate> candidates = new ArrayList<>();
        private boolean end;

        /** Columns 2 and 3: type, payload. */
        void add(ResultSet row) throws SQLException {
            String type = row.getString(2);
            if (type == null) {
                return;
            }
            switch (EventType.named(type)) {
                case OFFER, ANSWER -> description = new Description(row.getBytes(3));
                case CANDIDATE -> candidates.add(new Candidate(row.getBytes(3)));
                case END_OF_CANDIDATES -> end = true;
            }
        }

        Said said() {
            return new Said(description, candidates, end);
        }
    }
}
