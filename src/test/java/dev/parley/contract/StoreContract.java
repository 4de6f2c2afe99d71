package dev.parley.contract;

import dev.parley.signaling.SessionConfig;
import dev.parley.signaling.Signaling;
import dev.parley.store.Database;
import jakarta.inject.Inject;
import org.junit.jupiter.api.BeforeEach;

/**
 * The contract of an engine, tested through the use cases over a real database. The test of an engine only names its profile.
 */
abstract class StoreContract
        implements OpeningCases,
                AnsweringCases,
                TricklingCases,
                RestartingCases,
                LifetimeCases,
                ClockCases,
                NamespaceCases,
                ReadingCases,
                DiscoveryCases,
                TopicCases,
                BookmarkCases,
                SweepingCases,
                QuotaCases {
    @Inject
    Database database;

    @Inject
    Signaling signaling;

    @Inject
    SessionConfig limits;

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
