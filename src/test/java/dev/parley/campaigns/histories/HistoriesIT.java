package dev.parley.campaigns.histories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.CampaignSize;
import dev.parley.TestSeed;
import dev.parley.campaigns.histories.Violation.Check;
import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import dev.parley.packaged.TwoPackagedNodes;
import dev.parley.session.SessionKey;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The histories of {@link HistoriesTest} over HTTP and over channels by the packaged service, as one node and as two. The controls show that the test can
 * fail: acknowledged candidates are dropped, and bookmarks are dropped. A waiting request checks once a minute unless it is notified, so
 * a lost notification is detected.
 *
 * <p>{@code -Dparley.histories.http=5000} sets the number on SQLite; on PostgreSQL it is a third.
 */
@Tag("campaign")
class HistoriesIT {
    private static final int ON_SQLITE = CampaignSize.of("parley.histories.http", 600);
    private static final int ON_POSTGRES = ON_SQLITE / 3;
    private static final int UNTIL_CAUGHT_MAX = 5_000;
    private static final TestSeed SEED = TestSeed.of(HistoriesIT.class);

    /** Other sessions than over HTTP, which still exist. */
    private static final TestSeed CHANNEL_SEED = SEED.round(1_000_000);

    @TempDir
    static Path folder;

    private static RunningParley onSqlite;
    private static TwoPackagedNodes onPostgres;

    @BeforeAll
    static void start() {
        onSqlite = ParleyJar.in(folder)
                .with("PARLEY_STORE_URL", "sqlite:parley.db")
                .with("PARLEY_WAITING_RECHECK", "60s")
                .start();
        onPostgres = TwoPackagedNodes.in(folder);
    }

    @AfterAll
    static void stop() {
        onPostgres.close();
        onSqlite.close();
    }

    @Test
    void overHttpEverySessionIsLinearizable() {
        try (Environment environment = environment(List.of(onSqlite), List.of(), sound -> sound)) {
            HistoryCampaign.assertHolds("over HTTP on SQLite", environment, SEED, ON_SQLITE, 24);
        }
    }

    @Test
    void overHttpOnTwoNodesWithALaggingReplicaEverySessionIsLinearizable() {
        try (Environment environment = environment(
                onPostgres.both(),
                List.of(Environment.lagging(onPostgres.cluster().standby())),
                sound -> sound)) {
            String where = "over HTTP on PostgreSQL with a lagging replica over two nodes";
            HistoryCampaign.assertHolds(where, environment, SEED, ON_POSTGRES, 12);
        }
    }

    @Test
    void overChannelsEverySessionIsLinearizableAndEachEventIsPushedOnce() {
        try (Environment environment = overChannels(List.of(onSqlite), List.of())) {
            HistoryCampaign.assertHolds("over channels on SQLite", environment, CHANNEL_SEED, ON_SQLITE, 24);
        }
    }

    @Test
    void overChannelsOnTwoNodesWithALaggingReplicaEverySessionIsLinearizableAndEachEventIsPushedOnce() {
        try (Environment environment = overChannels(
                onPostgres.both(),
                List.of(Environment.lagging(onPostgres.cluster().standby())))) {
            String where = "over channels on PostgreSQL with a lagging replica over two nodes";
            HistoryCampaign.assertHolds(where, environment, CHANNEL_SEED, ON_POSTGRES, 12);
        }
    }

    private static Environment overChannels(List<RunningParley> nodes, List<Environment.Stir> stirs) {
        var service = new ChannelService(nodes.stream().map(RunningParley::uri).toList());
        return new Environment(service, RecordedClock.unseen(), stirs, List.of());
    }

    @Tag("slow")
    @Test
    void droppedCandidatesAreDetected() {
        try (Environment environment = environment(List.of(onSqlite), List.of(), Forgetful::new)) {
            assertThat(caught(environment, SEED.round(ON_SQLITE), 24)).isEqualTo(Check.ORDER);
        }
    }

    @Tag("slow")
    @Test
    void droppedBookmarksAreDetected() {
        try (Environment environment = environment(
                onPostgres.both(),
                List.of(Environment.lagging(onPostgres.cluster().standby())),
                Careless::new)) {
            assertThat(caught(environment, SEED.round(ON_POSTGRES), 12)).isIn(Check.BOOKMARK, Check.BOOKMARK_ORDER);
        }
    }

    /** The clock of the service is that of the machine: it is not recorded, and sessions are long. */
    private static Environment environment(
            List<RunningParley> nodes, List<Environment.Stir> stirs, Function<HttpService, ServiceUnderTest> fault) {
        var service = new HttpService(nodes.stream().map(RunningParley::uri).toList());
        return new Environment(fault.apply(service), RecordedClock.unseen(), stirs, List.of());
    }

    /** @param seed after those of the histories, whose sessions still exist */
    private static @Nullable Check caught(Environment environment, TestSeed seed, int atOnce) {
        try (var campaign = new HistoryCampaign(environment, seed)) {
            Check check = campaign.perform(UNTIL_CAUGHT_MAX, atOnce)
                    .map(failure -> failure.finding().check())
                    .orElse(null);
            System.out.printf(
                    "HistoriesIT: the control was detected after %,d histories: %s%n", campaign.judged(), check);
            return check;
        }
    }

    /** Acknowledges candidates as the service would, and drops them. */
    private static final class Forgetful extends DelegatingService<HttpService> {
        Forgetful(HttpService sound) {
            super(sound);
        }

        @Override
        public ReplyContext call(int node, SessionKey key, Operation operation, Freshness since) {
            if (operation instanceof Operation.Trickle trickle) {
                ReplyContext read = sound.call(node, key, new Operation.ReadSession(), since);
                int added = trickle.candidates().size();
                return read.result() instanceof OperationResult.Seen seen
                        ? new ReplyContext(
                                new OperationResult.Trickled(seen.seq() + added, added),
                                read.bookmark(),
                                true,
                                read.reset())
                        : read;
            }
            return sound.call(node, key, operation, since);
        }
    }

    /** Drops bookmarks: a read with a bookmark accepts any state. */
    private static final class Careless extends DelegatingService<HttpService> {
        Careless(HttpService sound) {
            super(sound);
        }

        @Override
        public ReplyContext call(int node, SessionKey key, Operation operation, Freshness since) {
            return sound.call(
                    node, key, operation, since instanceof Freshness.Bookmarked ? new Freshness.Any() : since);
        }
    }
}
