package dev.parley.contract;

import dev.parley.signaling.Leases;
import dev.parley.signaling.SessionConfig;
import dev.parley.signaling.Signaling;
import dev.parley.store.Database;
import dev.parley.store.sql.Discovery;
import dev.parley.store.sql.SessionStore;
import dev.parley.waiting.WaitRegistry;
import jakarta.inject.Inject;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;

/**
 * The contract of an engine, tested through the use cases over a real database. The test of an engine only names its profile.
 */
abstract class StoreContract
        implements OpeningCases,
                AnsweringCases,
                TricklingCases,
                ChangeCases,
                RestartingCases,
                LifetimeCases,
                ClockCases,
                NamespaceCases,
                ReadingCases,
                DiscoveryCases,
                TopicCases,
                BookmarkCases,
                SweepingCases,
                LeaseCases,
                ReplayCases,
                QuotaCases {
    @Inject
    Database database;

    @Inject
    Signaling signaling;

    @Inject
    SessionStore sessions;

    @Inject
    Discovery discovery;

    @Inject
    SessionConfig limits;

    @Inject
    Leases leases;

    @Inject
    WaitRegistry waits;

    @Inject
    MovableClock clock;

    private Peers peers;

    @BeforeEach
    void useANewNamespace() {
        peers = Peers.inNewNamespace(signaling);
    }

    @Override
    public Database database() {
        return database;
    }

    @Override
    public Signaling signaling() {
        return signaling;
    }

    @Override
    public Signaling signaling(WaitRegistry registry) {
        return new Signaling(database, sessions, discovery, registry, limits, clock, new SecureRandom());
    }

    @Override
    public SessionStore sessions() {
        return sessions;
    }

    @Override
    public Leases leases() {
        return leases;
    }

    @Override
    public Leases leasesOfAnotherNode() {
        return new Leases(database, sessions, waits, clock, new SecureRandom());
    }

    @Override
    public SessionConfig limits() {
        return limits;
    }

    @Override
    public MovableClock clock() {
        return clock;
    }

    @Override
    public Peers peers() {
        return peers;
    }
}
