package dev.parley.expiry;

import dev.parley.store.Database;
import dev.parley.store.Futures;
import dev.parley.store.Work;
import dev.parley.store.sql.SessionStore;
import java.time.Instant;
import java.time.InstantSource;

/** Deletes expired sessions in batches, each a transaction of its own, so that writers wait for one batch at most. */
public final class Sweeper {
    private final Database database;
    private final SessionStore sessions = new SessionStore();
    private final InstantSource clock;
    private final int batchMax;

    /** @param batchMax how many sessions one transaction deletes */
    public Sweeper(Database database, InstantSource clock, int batchMax) {
        this.database = database;
        this.clock = clock;
        this.batchMax = batchMax;
    }

    /**
     * Deletes every expired session and returns their number. Blocks until done; concurrent sweeps share the work.
     *
     * @throws dev.parley.session.SignalingException if the store fails; batches that were deleted before stay deleted
     */
    public long sweep() {
        Instant now = clock.instant();
        long deleted = inBatches(tx -> sessions.sweep(tx, now, batchMax));
        inBatches(tx -> sessions.sweepClosed(tx, now, batchMax));
        return deleted;
    }

    private long inBatches(Work<Integer> sweep) {
        long deleted = 0;
        int batch;
        do {
            batch = Futures.join(database.write(sweep)).result();
            deleted += batch;
        } while (batch == batchMax);
        return deleted;
    }
}
