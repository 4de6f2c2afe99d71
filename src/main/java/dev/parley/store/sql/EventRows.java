package dev.parley.store.sql;

import dev.parley.session.Event;
import dev.parley.session.SessionKey;
import dev.parley.store.Sql;
import dev.parley.store.Statements;
import dev.parley.store.crypto.Payloads;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Adds events behind those that a session has, several with one statement: on PostgreSQL each statement is a round trip, and on
 * SQLite running one costs more than a row of it.
 *
 * <p>The caller's guard has hit the session before, and so its row is held and the numbers are the caller's to give.
 */
public final class EventRows {
    /** How many events one statement adds at most; there is a statement for each number up to this. */
    private static final int ROWS_MAX = 8;

    /** What the end of a side's candidates has for a digest, so that it is told from them and repeated no more than they are. */
    static final byte[] END_DIGEST = new byte[16];

    private static final String INTO =
            "INSERT INTO events (session_id, seq, generation, kind, digest, payload, checksum)\n";

    private static final List<Sql> ADD = IntStream.rangeClosed(1, ROWS_MAX)
            .mapToObj(rows -> new Sql("add", INTO + values(rows)))
            .toList();

    // All of the rows or none.
    private static final List<Sql> ADD_NEW = IntStream.rangeClosed(1, ROWS_MAX)
            .mapToObj(rows -> new Sql("add-new", INTO + """
                    SELECT * FROM (%s) AS said
                    WHERE NOT EXISTS (SELECT 1 FROM events
                                      WHERE session_id = ? AND generation = ? AND kind %% 2 = ? AND digest IN (%s))""".formatted(values(rows), repeated("?", rows))))
            .toList();

    private EventRows() {}

    /** Adds the events as they are numbered; none can be there already. */
    static void add(Statements tx, SessionKey key, RowVersion place, List<Event> events) throws SQLException {
        for (int from = 0; from < events.size(); from += ROWS_MAX) {
            List<Event> some = events.subList(from, Math.min(from + ROWS_MAX, events.size()));
            bindAll(tx.call(ADD.get(some.size() - 1)), tx.payloads(), key, place, some, digests(some, tx.payloads()))
                    .update();
        }
    }

    /**
     * Adds those of the events that their side has not said yet in their generation, numbered again where one before them is not
     * new. An answer is new, because its guard says so.
     *
     * @param events of one side and one generation, numbered as if all were new
     * @return those that were added
     */
    static List<Event> addNew(Statements tx, SessionKey key, RowVersion place, List<Event> events) throws SQLException {
        var added = new ArrayList<Event>(events.size());
        for (int from = 0; from < events.size(); from += ROWS_MAX) {
            List<Event> some = events.subList(from, Math.min(from + ROWS_MAX, events.size()));
            List<Event> renumbered = renumbered(some, from - added.size());
            if (addAllOrNone(tx, key, place, renumbered)) {
                added.addAll(renumbered);
            } else if (some.size() > 1) {
                for (int one = from; one < from + some.size(); one++) {
                    List<Event> alone = renumbered(List.of(events.get(one)), one - added.size());
                    if (addAllOrNone(tx, key, place, alone)) {
                        added.addAll(alone);
                    }
                }
            }
        }
        return added;
    }

    private static boolean addAllOrNone(Statements tx, SessionKey key, RowVersion place, List<Event> events)
            throws SQLException {
        Event first = events.get(0);
        List<Optional<byte[]>> digests = digests(events, tx.payloads());
        Statements.Call call = bindAll(
                        tx.call(ADD_NEW.get(events.size() - 1)), tx.payloads(), key, place, events, digests)
                .bind(place.id())
                .bind(first.generation())
                .bind(EventKind.parity(first.side()));
        for (Optional<byte[]> digest : digests) {
            call.bind(digest.orElse(null));
        }
        return call.update() == events.size();
    }

    private static Statements.Call bindAll(
            Statements.Call call,
            Payloads payloads,
            SessionKey key,
            RowVersion place,
            List<Event> events,
            List<Optional<byte[]>> digests)
            throws SQLException {
        for (int i = 0; i < events.size(); i++) {
            Event event = events.get(i);
            EventKind kind = EventKind.of(event);
            byte[] said = payload(event);
            byte[] payload = said == null
                    ? null
                    : payloads.kept(new EventPosition(key, place.id(), event.seq(), event.generation(), kind), said);
            call.bind(place.id())
                    .bind(event.seq())
                    .bind(event.generation())
                    .bind(kind.number())
                    .bind(digests.get(i).orElse(null))
                    .bind(payload)
                    .bind(Checksum.ofEvent(place.id(), event.seq(), event.generation(), kind.number(), payload));
        }
        return call;
    }

    private static List<Event> renumbered(List<Event> events, int down) {
        return down == 0
                ? events
                : events.stream().map(event -> event.at(event.seq() - down)).toList();
    }

    private static byte @Nullable [] payload(Event event) {
        if (event instanceof Event.Offered offered) {
            return offered.offer().utf8();
        }
        if (event instanceof Event.Answered answered) {
            return answered.answer().utf8();
        }
        return event instanceof Event.Trickled trickled ? trickled.candidate().json() : null;
    }

    /** Of each event what tells it from others of its side; an offer and an answer have none. */
    private static List<Optional<byte[]>> digests(List<Event> events, Payloads payloads) {
        var digests = new ArrayList<Optional<byte[]>>(events.size());
        for (Event event : events) {
            if (event instanceof Event.Trickled trickled) {
                digests.add(Optional.of(payloads.digest(trickled.candidate())));
            } else {
                digests.add(event instanceof Event.EndOfCandidates ? Optional.of(END_DIGEST) : Optional.empty());
            }
        }
        return digests;
    }

    private static String values(int rows) {
        return "VALUES " + repeated("(?, ?, ?, ?, ?, ?, ?)", rows);
    }

    private static String repeated(String what, int times) {
        return String.join(", ", Collections.nCopies(times, what));
    }
}
