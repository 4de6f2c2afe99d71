package dev.parley.store.sql;

import dev.parley.session.Event;
import dev.parley.session.SessionKey;
import dev.parley.store.Sql;
import dev.parley.store.Statements;
import dev.parley.store.crypto.EventPosition;
import dev.parley.store.crypto.PayloadCodec;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Appends events to a session, several with one statement: on PostgreSQL each statement is a round trip, and on SQLite running one costs
 * more than a row of it.
 *
 * <p>The caller's guard has hit the session before, so its row is locked and the caller numbers the events.
 */
public final class EventRows {
    /** Maximum events that one statement adds; there is a statement for each number up to this. */
    private static final int ROWS_MAX = 8;

    /** The digest of the end of a side's candidates: unlike any candidate's, and stored once. */
    static final byte[] END_DIGEST = new byte[16];

    private static final String INTO =
            "INSERT INTO events (session_id, seq, generation, kind, digest, payload, checksum)\n";

    private static final List<Sql> ADD = IntStream.rangeClosed(1, ROWS_MAX)
            .mapToObj(rows -> new Sql("add", INTO + values(rows)))
            .toList();

    // All of the rows or none.
    private static final List<Sql> ADD_NEW = IntStream.rangeClosed(1, ROWS_MAX)
            .mapToObj(rows -> new Sql("add-new", INTO + """
                    SELECT * FROM (%s) AS added
                    WHERE NOT EXISTS (SELECT 1 FROM events
                                      WHERE session_id = ? AND generation = ? AND kind %% 2 = ? AND digest IN (%s))""".formatted(values(rows), repeated("?", rows))))
            .toList();

    private final PayloadCodec codec;

    EventRows(PayloadCodec codec) {
        this.codec = codec;
    }

    /** Adds the events as they are numbered; none of them is stored yet. */
    void add(Statements tx, SessionKey key, RowVersion session, List<Event> events) throws SQLException {
        for (int from = 0; from < events.size(); from += ROWS_MAX) {
            List<Event> some = events.subList(from, Math.min(from + ROWS_MAX, events.size()));
            bindAll(tx.call(ADD.get(some.size() - 1)), key, session, some).update();
        }
    }

    /**
     * Adds those of the events that their side does not have yet in their generation, renumbered where an earlier one is not new. An
     * answer is new, because its guard ensures that.
     *
     * @param events of one side and one generation, numbered as if all were new
     * @return the events that were added
     */
    List<Event> addNew(Statements tx, SessionKey key, RowVersion session, List<Event> events) throws SQLException {
        var added = new ArrayList<Event>(events.size());
        for (int from = 0; from < events.size(); from += ROWS_MAX) {
            List<Event> some = events.subList(from, Math.min(from + ROWS_MAX, events.size()));
            List<Event> renumbered = renumbered(some, from - added.size());
            if (addAllOrNone(tx, key, session, renumbered)) {
                added.addAll(renumbered);
            } else if (some.size() > 1) {
                for (int one = from; one < from + some.size(); one++) {
                    List<Event> alone = renumbered(List.of(events.get(one)), one - added.size());
                    if (addAllOrNone(tx, key, session, alone)) {
                        added.addAll(alone);
                    }
                }
            }
        }
        return added;
    }

    private boolean addAllOrNone(Statements tx, SessionKey key, RowVersion session, List<Event> events)
            throws SQLException {
        Event first = events.get(0);
        Statements.Call call = bindAll(tx.call(ADD_NEW.get(events.size() - 1)), key, session, events)
                .bind(session.id())
                .bind(first.generation())
                .bind(EventKind.parity(first.side()));
        for (Event event : events) {
            call.bind(digest(event));
        }
        return call.update() == events.size();
    }

    private Statements.Call bindAll(Statements.Call call, SessionKey key, RowVersion session, List<Event> events)
            throws SQLException {
        for (Event event : events) {
            int kind = EventKind.of(event).number();
            byte[] content = content(event);
            byte[] payload = content == null
                    ? null
                    : codec.encode(
                            new EventPosition(key, session.id(), event.seq(), event.generation(), kind), content);
            call.bind(session.id())
                    .bind(event.seq())
                    .bind(event.generation())
                    .bind(kind)
                    .bind(digest(event))
                    .bind(payload)
                    .bind(Checksum.ofEvent(session.id(), event.seq(), event.generation(), kind, payload));
        }
        return call;
    }

    private static List<Event> renumbered(List<Event> events, int down) {
        return down == 0
                ? events
                : events.stream().map(event -> event.at(event.seq() - down)).toList();
    }

    private static byte @Nullable [] content(Event event) {
        if (event instanceof Event.Offered offered) {
            return offered.offer().utf8();
        }
        if (event instanceof Event.Answered answered) {
            return answered.answer().utf8();
        }
        return event instanceof Event.Trickled trickled ? trickled.candidate().json() : null;
    }

    /** Distinguishes an event from the others of its side; an offer and an answer have none. */
    private byte @Nullable [] digest(Event event) {
        if (event instanceof Event.Trickled trickled) {
            return codec.digest(trickled.candidate());
        }
        return event instanceof Event.EndOfCandidates ? END_DIGEST : null;
    }

    private static String values(int rows) {
        return "VALUES " + repeated("(?, ?, ?, ?, ?, ?, ?)", rows);
    }

    private static String repeated(String text, int times) {
        return String.join(", ", Collections.nCopies(times, text));
    }
}
