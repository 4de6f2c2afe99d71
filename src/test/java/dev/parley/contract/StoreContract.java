package dev.parley.contract;

import dev.parley.session.Limits;
import dev.parley.signaling.Signaling;
import dev.parley.store.Database;
import jakarta.inject.Inject;
import org.junit.jupiter.api.BeforeEach;

/**
 * What every engine does, case by case, through the use cases over a real database. An engine's own test names its profile and
 * adds nothing; what an engine does beyond this is not to be relied on.
 */
abstract class StoreContract
        implements OpeningCases,
                AnsweringCases,
                TricklingCases,
                RestartingCases,
                LastingCases,
                ClockCases,
                StrangerCases,
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
    Limits limits;

    @Inject
    MovableClock clock;

    private Peers peers;

    @BeforeEach
    void meetInANewNamespace() {
        peers = Peers.strangersToAllOthers(signaling);
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
    public Limits limits() {
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
