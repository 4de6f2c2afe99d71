package dev.parley.store;

import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Event;
import dev.parley.session.Events;
import dev.parley.session.Namespace;
import dev.parley.session.Said;
import dev.parley.session.Session;
import dev.parley.session.SessionKey;
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

    private final Payloads payloads;

    Rows(Payloads payloads) {
        this.payloads = payloads;
    }

    /** Columns: id, seq, generation, expires_at. */
    static Place place(ResultSet row) throws SQLException {
        return new Place(row.getLong(1), row.getLong(2), row.getInt(3), instant(row, 4));
    }

    /** Columns: an event's, then the session's own, the same in each row. */
    Optional<Session> session(ResultSet rows, SessionKey key) throws SQLException {
        if (!rows.next()) {
            return Optional.empty();
        }
        long id = rows.getLong(5);
        String topic = rows.getString(6);
        String peerId = rows.getString(7);
        List<String> tags = Tags.list(rows.getString(8));
        int generation = rows.getInt(9);
        long seq = rows.getLong(10);
        Instant createdAt = instant(rows, 11);
        Instant expiresAt = instant(rows, 12);
        var offerer = new Saying();
        var answerer = new Saying();
        do {
            EventPlace place = place(rows, key, id, generation);
            (place.kind().side() == Side.OFFERER ? offerer : answerer).add(place, rows);
        } while (rows.next());
        return Optional.of(new Session(
                key.code(),
                topic,
                peerId,
                tags,
                generation,
                seq,
                offerer.said(),
                answerer.said(),
                createdAt,
                expiresAt));
    }

    /** Columns: an event's; one row of nulls where the side has said nothing. */
    Optional<Said> said(ResultSet rows, SessionKey key) throws SQLException {
        if (!rows.next()) {
            return Optional.empty();
        }
        long id = rows.getLong(5);
        int generation = rows.getInt(2);
        var saying = new Saying();
        do {
            if (rows.getLong(1) != NULL) {
                saying.add(place(rows, key, id, generation), rows);
            }
        } while (rows.next());
        return Optional.of(saying.said());
    }

    /** Columns: an event's, then the session's created_at; one row of nulls where nothing is new. */
    Optional<Events> events(ResultSet rows, SessionKey key) throws SQLException {
        if (!rows.next()) {
            return Optional.empty();
        }
        long id = rows.getLong(5);
        Instant createdAt = instant(rows, 6);
        var events = new ArrayList<Event>();
        do {
            if (rows.getLong(1) != NULL) {
                events.add(event(place(rows, key, id, rows.getInt(2)), rows));
            }
        } while (rows.next());
        return Optional.of(new Events(createdAt, events));
    }

    private Event event(EventPlace place, ResultSet row) throws SQLException {
        long seq = place.seq();
        int generation = place.generation();
        Side side = place.kind().side();
        return switch (place.kind()) {
            case OFFER -> new Event.Offered(seq, generation, new Description(payload(place, row)));
            case ANSWER -> new Event.Answered(seq, generation, new Description(payload(place, row)));
            case OFFERER_CANDIDATE, ANSWERER_CANDIDATE ->
                new Event.Trickled(seq, side, generation, new Candidate(payload(place, row)));
            case OFFERER_END_OF_CANDIDATES, ANSWERER_END_OF_CANDIDATES ->
                new Event.EndOfCandidates(seq, side, generation);
        };
    }

    /** Columns: an event's, then code, peer_id, created_at, expires_at; a session's rows stand together. */
    List<Waiting> waiting(ResultSet rows, Namespace namespace) throws SQLException {
        var waiting = new ArrayList<Waiting>();
        boolean row = rows.next();
        while (row) {
            long id = rows.getLong(5);
            var key = new SessionKey(namespace, new Code(rows.getString(6)));
            String peerId = rows.getString(7);
            Instant createdAt = instant(rows, 8);
            Instant expiresAt = instant(rows, 9);
            int generation = rows.getInt(2);
            var offerer = new Saying();
            do {
                offerer.add(place(rows, key, id, generation), rows);
                row = rows.next();
            } while (row && rows.getLong(5) == id);
            waiting.add(new Waiting(key.code(), peerId, offerer.said(), createdAt, expiresAt));
        }
        return waiting;
    }

    /** Columns of an event: seq, generation, kind, payload, and the id of its session. */
    private static EventPlace place(ResultSet row, SessionKey key, long id, int generation) throws SQLException {
        return new EventPlace(key, id, row.getLong(1), generation, EventKind.numbered(row.getInt(3)));
    }

    private byte[] payload(EventPlace place, ResultSet row) throws SQLException {
        return payloads.said(place, row.getBytes(4));
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return Instant.ofEpochMilli(row.getLong(column));
    }

    /** Gathers what one side said, row by row. */
    private final class Saying {
        private @Nullable Description description;
        private final List<Candidate> candidates = new ArrayList<>();
        private boolean end;

        void add(EventPlace place, ResultSet row) throws SQLException {
            switch (place.kind()) {
                case OFFER, ANSWER -> description = new Description(payload(place, row));
                case OFFERER_CANDIDATE, ANSWERER_CANDIDATE -> candidates.add(new Candidate(payload(place, row)));
                case OFFERER_END_OF_CANDIDATES, ANSWERER_END_OF_CANDIDATES -> end = true;
            }
        }

        Said said() {
            return new Said(description, candidates, end);
        }
    }
}
