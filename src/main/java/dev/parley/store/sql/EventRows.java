package dev.parley.store.sql;

import dev.parley.session.Event;
import dev.parley.session.Side;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import dev.parley.store.crypto.PayloadCodec;
import dev.parley.store.crypto.PayloadCodec.EventPosition;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Appends events to a session, several with one statement: on PostgreSQL each statement is a round trip, and on SQLite running one costs
 * more than a row of it.
 *
 * <p>The caller's guard has hit the session before, so its row is locked and the caller numbers the events.
 */
public final class EventRows {
    // The column "kind": the offerer's numbers, and one more for the answerer's. Two text columns for type and side
    // instead took a twelfth of a read of ten events on SQLite.
    static final int DESCRIPTION = 1;
    static final int CANDIDATE = 3;
    static final int END = 5;

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

    private static final int POSITION_BYTES = 2 * Long.BYTES + 2 * Integer.BYTES;

    private final PayloadCodec codec;

    EventRows(PayloadCodec codec) {
        this.codec = codec;
    }

    /** {@code kind % 2} of the events of {@code side}. */
    static int parity(Side side) {
        return side == Side.OFFERER ? 1 : 0;
    }

    /** Adds events of {@code session}; none of them is stored yet. */
    void add(SessionTransaction tx, RowVersion session, List<Event> events) throws SQLException {
        for (int from = 0; from < events.size(); from += ROWS_MAX) {
            List<Event> some = events.subList(from, Math.min(from + ROWS_MAX, events.size()));
            bindAll(tx.call(ADD.get(some.size() - 1)), tx, session, some, digests(some))
                    .update();
        }
    }

    /**
     * Adds the last events of {@code session} unless their side already has one of them in their generation. An answer is new, because
     * its guard ensures that.
     *
     * @param all of one side and one generation
     * @return false if one is repeated, or there are too many for one statement; then none was added
     */
    boolean addIfNew(SessionTransaction tx, RowVersion session, List<Event> all) throws SQLException {
        if (all.isEmpty() || all.size() > ROWS_MAX) {
            return all.isEmpty();
        }
        Event event = all.get(0);
        byte[][] digests = digests(all);
        Statements.Call call = bindAll(tx.call(ADD_NEW.get(all.size() - 1)), tx, session, all, digests)
                .bind(session.id())
                .bind(event.generation())
                .bind(parity(event.side()));
        for (byte[] digest : digests) {
            call.bind(digest);
        }
        return call.update() > 0;
    }

    private Statements.Call bindAll(
            Statements.Call call, SessionTransaction tx, RowVersion session, List<Event> events, byte[][] digests)
            throws SQLException {
        for (int i = 0; i < digests.length; i++) {
            Event event = events.get(i);
            var position = new EventPosition(tx.key(), session.id(), event.seq(), event.generation(), kind(event));
            byte[] content = content(event);
            byte[] payload = content == null ? null : codec.encode(position, content);
            call.bind(session.id())
                    .bind(position.seq())
                    .bind(position.generation())
                    .bind(position.kind())
                    .bind(digests[i])
                    .bind(payload)
                    .bind(checksum(position, payload));
        }
        return call;
    }

    /**
     * The column "checksum", which detects bit rot: SQLite detects damage where it breaks the structure of a page, and returns damaged
     * values otherwise. A CRC-32C, for which processors have an instruction, of the event's position and payload.
     */
    static long checksum(EventPosition position, byte @Nullable [] payload) {
        var crc = new CRC32C();
        crc.update(ByteBuffer.allocate(POSITION_BYTES)
                .putLong(position.sessionId())
                .putLong(position.seq())
                .putInt(position.generation())
                .putInt(position.kind())
                .flip());
        if (payload != null) {
            crc.update(payload);
        }
        return crc.getValue();
    }

    private static int kind(Event event) {
        int type = event instanceof Event.Trickled
                ? CANDIDATE
                : event instanceof Event.EndOfCandidates ? END : DESCRIPTION;
        return event.side() == Side.OFFERER ? type : type + 1;
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

    /** Distinguishes each event from the others of its side; an offer and an answer have none. */
    private byte[][] digests(List<Event> events) {
        var digests = new byte[events.size()][];
        for (int i = 0; i < digests.length; i++) {
            if (events.get(i) instanceof Event.Trickled trickled) {
                digests[i] = codec.digest(trickled.candidate());
            } else if (events.get(i) instanceof Event.EndOfCandidates) {
                digests[i] = END_DIGEST;
            }
        }
        return digests;
    }

    private static String values(int rows) {
        return "VALUES " + repeated("(?, ?, ?, ?, ?, ?, ?)", rows);
    }

    private static String repeated(String text, int times) {
        return String.join(", ", Collections.nCopies(times, text));
    }
}
