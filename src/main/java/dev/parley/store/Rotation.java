package dev.parley.store;

import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Namespace;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.vault.SealedBox;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Seals under the first key what is sealed under another; and, once in a store's life, what was said before it had a key.
 *
 * <p>It goes through all events in pages. A page is read and sealed anew on a thread of its own; then one transaction puts in what
 * has changed, each event by a guarded statement that hits only where nobody has touched the event meanwhile. So writers wait for
 * a page at most, and two rotations at once do no harm.
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
            "reseal", "UPDATE events SET payload = ?, digest = ? WHERE session_id = ? AND seq = ? AND payload = ?");

    private final Database database;
    private final Secrecy secrecy;

    public Rotation(Database database, Secrecy secrecy) {
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

    private static final class Resealed {
        final EventPlace place;
        final byte[] before;
        final byte[] after;
        final byte @Nullable [] digest;

        Resealed(EventPlace place, byte[] before, byte[] after, byte @Nullable [] digest) {
            this.place = place;
            this.before = before;
            this.after = after;
            this.digest = digest;
        }
    }

    private record Page(
            List<Resealed> resealed, int damaged, @Nullable EventPlace last) {}

    /**
     * Seals everything under the first key. Where that is done, the store forgets the other keys, and opens without them.
     *
     * @throws StartRefused if no server has taken up the first key
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

    /** Seals what was said before the store had a key; before the first request is served. */
    public void sealWhatIsInClear() {
        if (!secrecy.isUnfinished()) {
            return;
        }
        LOG.info("Sealing what the store holds in clear");
        Rotated sealed = pass((step, part) -> {});
        write(tx -> {
            secrecy.finish(tx);
            return true;
        });
        LOG.infof("Sealed %d events; from now on nothing in clear is believed", sealed.events());
    }

    private Rotated pass(Progress progress) {
        long events = 0;
        long damaged = 0;
        long sessionId = 0;
        long seq = 0;
        while (true) {
            progress.at("sealing", -1);
            Page page = page(sessionId, seq);
            events += write(tx -> put(tx, page.resealed));
            damaged += page.damaged;
            if (page.last == null) {
                return new Rotated(events, 0, damaged);
            }
            sessionId = page.last.sessionId();
            seq = page.last.seq();
        }
    }

    private Page page(long sessionId, long seq) {
        return result(database.scan(ReadFrom.PRIMARY, node -> {
            SealedPayloads payloads = secrecy.rotating();
            return node.call(NEXT).bind(sessionId).bind(seq).bind(PAGE).all(rows -> page(rows, payloads));
        }));
    }

    private Page page(ResultSet rows, SealedPayloads payloads) throws SQLException {
        var resealed = new ArrayList<Resealed>();
        int damaged = 0;
        EventPlace last = null;
        while (rows.next()) {
            var key = new SessionKey(new Namespace(rows.getString(6)), new Code(rows.getString(7)));
            last = new EventPlace(
                    key, rows.getLong(5), rows.getLong(1), rows.getInt(2), EventKind.numbered(rows.getInt(3)));
            byte[] kept = rows.getBytes(4);
            if (kept == null || payloads.isCurrent(kept)) {
                continue;
            }
            try {
                byte[] said = secrecy.isUnfinished() && !SealedBox.isSealed(kept) ? kept : payloads.said(last, kept);
                resealed.add(new Resealed(last, kept, payloads.kept(last, said), digest(last, said, payloads)));
            } catch (EventDamaged e) {
                LOG.error(e.getMessage());
                damaged++;
            }
        }
        return new Page(resealed, damaged, last);
    }

    private static byte @Nullable [] digest(EventPlace place, byte[] said, SealedPayloads payloads) {
        return switch (place.kind()) {
            case OFFERER_CANDIDATE, ANSWERER_CANDIDATE -> payloads.digest(new Candidate(said));
            default -> null;
        };
    }

    private static long put(Statements tx, List<Resealed> resealed) throws SQLException {
        long events = 0;
        for (Resealed event : resealed) {
            events += tx.call(RESEAL)
                    .bind(event.after)
                    .bind(event.digest)
                    .bind(event.place.sessionId())
                    .bind(event.place.seq())
                    .bind(event.before)
                    .update();
        }
        return events;
    }

    /** A sweep may hold what this wants, and the other way round; one of them is told to try again. */
    private <T> T write(Work<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return result(database.write(work));
            } catch (StoreUnavailable e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static <T> T result(CompletionStage<Served<T>> stage) {
        try {
            return stage.toCompletableFuture().join().result();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
