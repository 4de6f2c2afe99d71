package dev.parley.campaigns.histories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.CampaignSize;
import dev.parley.TestSeed;
import dev.parley.campaigns.histories.Violation.Check;
import dev.parley.packaged.RunningParley;
import dev.parley.packaged.TwoPackagedNodes;
import dev.parley.session.SessionKey;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The histories of {@link HistoriesTest} over the wire, by the packaged service: one node, and two at once.
 *
 * <p>{@code -Dparley.histories.http=5000} tries so many on SQLite, and a third of it on PostgreSQL. The controls show that the test
 * can fail: candidates that are acknowledged and forgotten, and bookmarks that are dropped on the way.
 */
@Tag("campaign")
class HistoriesIT {
    private static final int ON_SQLITE = CampaignSize.of("parley.histories.http", 600);
    private static final int ON_POSTGRES = ON_SQLITE / 3;
    private static final int UNTIL_CAUGHT_MAX = 5_000;
    private static final TestSeed SEED = TestSeed.of(HistoriesIT.class);

    @TempDir
    static Path folder;

    private static RunningParley onSqlite;
    private static TwoPackagedNodes onPostgres;

    @BeforeAll
    static void start() {
        onSqlite = HttpEnvironments.onSqlite(folder);
        onPostgres = TwoPackagedNodes.in(folder);
    }

    @AfterAll
    static void stop() {
        onPostgres.close();
        onSqlite.close();
    }

    @Test
    void overHttpEverySessionIsLinearizable() {
        try (Environment world = HttpEnvironments.of(onSqlite, sound -> sound)) {
            HistoryCampaign.assertHolds("over HTTP on SQLite", world, SEED, ON_SQLITE, 24);
        }
    }

    @Test
    void overHttpOnTwoNodesWithALaggingReplicaEverySessionIsLinearizable() {
        try (Environment world = HttpEnvironments.of(onPostgres, sound -> sound)) {
            String where = "over HTTP on PostgreSQL with a lagging replica over two nodes";
            HistoryCampaign.assertHolds(where, world, SEED, ON_POSTGRES, 12);
        }
    }

    @Test
    void droppedCandidatesAreDetected() {
        try (Environment world = HttpEnvironments.of(onSqlite, Forgetful::new)) {
            assertThat(caught(world, SEED.round(ON_SQLITE), 24)).isEqualTo(Check.ORDER);
        }
    }

    @Test
    void droppedBookmarksAreDetected() {
        try (Environment world = HttpEnvironments.of(onPostgres, Careless::new)) {
            assertThat(caught(world, SEED.round(ON_POSTGRES), 12)).isIn(Check.BOOKMARK, Check.BOOKMARK_ORDER);
        }
    }

    /** @param seed behind those of the histories, whose sessions are still there */
    private static @Nullable Check caught(Environment world, TestSeed seed, int atOnce) {
        try (var campaign = new HistoryCampaign(world, seed)) {
            Check check = campaign.perform(UNTIL_CAUGHT_MAX, atOnce)
                    .map(failure -> failure.finding().check())
                    .orElse(null);
            System.out.printf(
                    "HistoriesIT: the control was let loose on %,d histories: %s%n", campaign.judged(), check);
            return check;
        }
    }

    /** Acknowledges candidates as the service would, and keeps none. */
    private static final class Forgetful extends DelegatingService<HttpService> {
        Forgetful(HttpService sound) {
            super(sound);
        }

        @Override
        public ReplyContext ask(int node, SessionKey key, Operation ask, Freshness since) {
            if (ask instanceof Operation.Trickle trickle) {
                ReplyContext looked = sound.ask(node, key, new Operation.Look(), since);
                int added = trickle.candidates().size();
                return looked.told() instanceof OperationResult.Seen seen
                        ? new ReplyContext(
                                new OperationResult.Trickled(seen.seq() + added, added),
                                looked.bookmark(),
                                true,
                                looked.reset())
                        : looked;
            }
            return sound.ask(node, key, ask, since);
        }
    }

    /** Loses bookmarks on the way: a read that was to be as new as one takes any state. */
    private static final class Careless extends DelegatingService<HttpService> {
        Careless(HttpService sound) {
            super(sound);
        }

        @Override
        public ReplyContext ask(int node, SessionKey key, Operation ask, Freshness since) {
            return sound.ask(node, key, ask, since instanceof Freshness.Told ? new Freshness.Ever() : since);
        }
    }
}
