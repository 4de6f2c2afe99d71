package dev.parley.signaling;

import dev.parley.store.Database;
import dev.parley.store.crypto.PayloadCodec;
import dev.parley.store.sql.Discovery;
import dev.parley.store.sql.SessionStore;
import dev.parley.store.sqlite.SqliteSessions;
import dev.parley.waiting.WaitRegistry;
import java.security.SecureRandom;
import java.time.InstantSource;

/** The use cases over a database without a container; discovery, which needs Hibernate, fails. */
public final class TestSignaling {
    private TestSignaling() {}

    public static Signaling over(
            Database database, WaitRegistry waits, SessionConfig limits, InstantSource clock, SecureRandom random) {
        return over(database, PayloadCodec.PLAINTEXT, waits, limits, clock, random);
    }

    public static Signaling over(
            Database database,
            PayloadCodec codec,
            WaitRegistry waits,
            SessionConfig limits,
            InstantSource clock,
            SecureRandom random) {
        return new Signaling(
                database,
                new SessionStore(codec, Limits.quota(limits)),
                new Discovery(new SqliteSessions(), new Discovery.WorkConnection()),
                waits,
                limits,
                clock,
                random);
    }

    public static Leases leases(
            Database database, WaitRegistry waits, SessionConfig limits, InstantSource clock, SecureRandom random) {
        var sessions = new SessionStore(PayloadCodec.PLAINTEXT, Limits.quota(limits));
        return new Leases(database, sessions, waits, clock, random);
    }
}
