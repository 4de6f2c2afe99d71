package dev.parley.store.crypto;

import dev.parley.config.InvalidConfiguration;
import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Namespace;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.Database;
import dev.parley.store.Futures;
import dev.parley.store.Sql;
import dev.parley.store.Statements;
import dev.parley.store.Work;
import dev.parley.store.admin.Progress;
import dev.parley.store.sql.Checksum;
import dev.parley.store.sql.EventKind;
import dev.parley.store.sql.EventPosition;
import dev.parley.store.sql.RowDamaged;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Seals under the first key what is sealed under another; and, once in a store's life, what was said before it had a key.
 *
 * <p>It goes through all events in pages, each a short transaction, so writers wait for a page at most. What peers have said never
 * changes, so two rotations at once do no harm.
 */
public final class Rotation {
    private static final Logger LOG = Logger.getLogger(Rotation.class);
    private static final int PAGE = 100;
    private static final int ATTEMPTS = 5;

    private static final Sql NEXT = new Sql("rotation-page", """
            SELECT e.seq, e.generation, e.kind, e.payload, e.session_id, s.namespace, s.code
            FROM events e
            JOIN sessions s ON s.id = e.session_id
            WHERE (e.session_id, e.seq) > (?, ?)
            ORDER BY e.session_id, e.seq LIMIT ?""");

    private static final Sql RESEAL = new Sql(
            "reseal", "UPDATE events SET payload = ?, digest = ?, checksum = ? WHERE session_id = ? AND seq = ?");

    private final Database database;
    private final PayloadEncryption secrecy;

    public Rotation(Database database, PayloadEncryption secrecy) {
        this.database = database;
        this.secrecy = secrecy;
    }

    /**
     * What became of a rotation.
     *
     * @param events how many were sealed anew
     * @param late those of them that a second look found: somebody seals under another key
     * @param damaged how many could not be opened, and stay as they are
     */
    public record Rotated(long events, long late, long damaged) {
        /** Whether nothing is sealed under another key any more. */
        public boolean isWhole() {
            return late == 0 && damaged == 0;
        }
    }

    /** An event as it is kept. */
    private static final class Kept {
        final EventPosition place;
        final byte @Nullable [] payload;

        Kept(EventPosition place, byte @Nullable [] payload) {
            this.place = place;
            this.payload = payload;
        }
    }

    /** @param last where the next page begins; null where there is none */
    private record Page(long sealed, long damaged, @Nullable EventPosition last) {}

    /**
     * Seals everything under the first key. Where that is done, the store forgets the other keys, and opens without them.
     *
     * @throws InvalidConfiguration if no server has taken up the first key
     */
    public Rotated rotate(Progress progress) {
        Rotated first = pass(progress);
        Rotated second = pass(progress);
        var rotated = new Rotated(first.events() + second.events(), second.events(), second.damaged());
        if (rotated.isWhole()) {
            write(tx -> {
                secrecy.retireOthers(tx);
                return true;
            });
        }
        return rotated;
    }

    private Rotated pass(Progress progress) {
        SealedPayloads payloads = secrecy.rotating();
        long events = 0;
        long damaged = 0;
        EventPosition last = null;
        do {
            progress.at("sealing", -1);
            EventPosition from = last;
            Page page = write(tx -> page(tx, from, payloads, false));
            events += page.sealed;
            damaged += page.damaged;
            last = page.last;
        } while (last != null);
        return new Rotated(events, 0, damaged);
    }

    /** Seals what was said before the store had a key, all in the caller's transaction; returns how many events. */
    static long sealWhatIsInClear(Statements tx, SealedPayloads payloads) throws SQLException {
        long events = 0;
        EventPosition last = null;
        do {
            Page page = page(tx, last, payloads, true);
            events += page.sealed;
            last = page.last;
        } while (last != null);
        return events;
    }

    private static Page page(Statements tx, @Nullable EventPosition from, SealedPayloads payloads, boolean inClear)
            throws SQLException {
        List<Kept> page = next(tx, from);
        long sealed = 0;
        long damaged = 0;
        for (Kept event : page) {
            byte[] kept = event.payload;
            if (kept == null || payloads.isCurrent(kept)) {
                continue;
            }
            try {
                byte[] said = inClear && !Envelope.isSealed(kept) ? kept : payloads.said(event.place, kept);
                sealed += put(tx, event.place, said, payloads);
            } catch (RowDamaged e) {
                LOG.error(e.getMessage());
                damaged++;
            }
        }
        return new Page(sealed, damaged, page.isEmpty() ? null : page.get(page.size() - 1).place);
    }

    private static List<Kept> next(Statements tx, @Nullable EventPosition from) throws SQLException {
        return tx.call(NEXT)
                .bind(from == null ? 0L : from.sessionId())
                .bind(from == null ? 0L : from.seq())
                .bind(PAGE)
                .all(rows -> {
                    var page = new ArrayList<Kept>();
                    while (rows.next()) {
                        var key = new SessionKey(new Namespace(rows.getString(6)), new Code(rows.getString(7)));
                        EventKind kind = EventKind.numbered(rows.getInt(3), rows.getLong(5), rows.getLong(1));
                        var place = new EventPosition(key, rows.getLong(5), rows.getLong(1), rows.getInt(2), kind);
                        page.add(new Kept(place, rows.getBytes(4)));
                    }
                    return page;
                });
    }

    private static int put(Statements tx, EventPosition place, byte[] said, SealedPayloads payloads)
            throws SQLException {
        byte[] kept = payloads.kept(place, said);
        byte[] digest = switch (place.kind()) {
            case OFFERER_CANDIDATE, ANSWERER_CANDIDATE -> payloads.digest(new Candidate(said));
            default -> null;
        };
        return tx.call(RESEAL)
                .bind(kept)
                .bind(digest)
                .bind(Checksum.ofEvent(
                        place.sessionId(),
                        place.seq(),
                        place.generation(),
                        place.kind().number(),
                        kept))
                .bind(place.sessionId())
                .bind(place.seq())
                .update();
    }

    /** A sweep may hold what this wants, and the other way round; one of them is told to try again. */
    private <T> T write(Work<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return Futures.join(database.write(work)).result();
            } catch (StoreUnavailable e) {
                if (attempt >= ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
