package dev.parley.campaigns.faults;

import static dev.parley.contract.Awaited.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.CampaignCounts;
import dev.parley.CampaignSize;
import dev.parley.TestSeed;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.ReadFrom;
import dev.parley.store.postgresql.PostgresCluster;
import dev.parley.store.postgresql.PostgresNode;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Under load, a primary with a synchronous standby is killed at any moment and the standby promoted: the same node goes on with
 * the new primary, and peers find all that was acknowledged, and never less than they have read before.
 *
 * <p>{@code -Dparley.failover.rounds=25} does so twenty-five times instead of once.
 */
@Tag("campaign")
class FailoversTest {
    private static final int ROUNDS = CampaignSize.of("parley.failover.rounds", 1);
    private static final int TALKERS = 6;
    private static final Duration CALL_MAX = Duration.ofSeconds(6);

    private int acknowledged;
    private Duration longestOutage = Duration.ZERO;

    @Test
    void aPromotedStandbyHasEveryWriteAcknowledgedUnderLoad() {
        TestSeed seed = TestSeed.of(FailoversTest.class);
        for (int round = 0; round < ROUNDS; round++) {
            failOver(seed.round(round).random());
        }
        System.out.printf(
                "FailoversTest: %d failovers, %d writes acknowledged, 0 lost, without writes for %d ms at most%n",
                ROUNDS, acknowledged, longestOutage.toMillis());
        CampaignCounts.count(ROUNDS, "failovers");
    }

    private void failOver(Random random) {
        try (PostgresCluster cluster = PostgresCluster.ofTwo();
                PostgresNode parley = PostgresNode.over(cluster)) {
            cluster.synchronous(true);
            await().until(parley::isWhole);
            List<CheckingOfferer> talkers = IntStream.range(0, TALKERS)
                    .mapToObj(i -> CheckingOfferer.on(parley, new Random(random.nextLong()), CALL_MAX))
                    .toList();
            int before = random.nextInt(20, 600);
            await().atMost(Duration.ofMinutes(2)).until(() -> acknowledged(talkers) > before);
            cluster.primary().kill();
            long since = System.nanoTime();
            cluster.standby().promote();
            cluster.standby().ask("ALTER SYSTEM SET synchronous_standby_names = ''");
            cluster.standby().ask("SELECT pg_reload_conf()");
            await().atMost(Duration.ofMinutes(2))
                    .ignoreException(StoreUnavailable.class)
                    .until(() -> served(parley.signaling().checkReadable(ReadFrom.PRIMARY)) != null);
            int then = acknowledged(talkers);
            await().atMost(Duration.ofMinutes(2)).until(() -> acknowledged(talkers) > then + TALKERS);
            Duration outage = Duration.ofNanos(System.nanoTime() - since);
            longestOutage = outage.compareTo(longestOutage) > 0 ? outage : longestOutage;
            talkers.forEach(CheckingOfferer::leave);
            talkers.forEach(CheckingOfferer::assertKept);
            assertThat(acknowledged(talkers)).isGreaterThan(before);
            acknowledged += acknowledged(talkers);
        }
    }

    private static int acknowledged(List<CheckingOfferer> talkers) {
        return talkers.stream().mapToInt(CheckingOfferer::acknowledged).sum();
    }
}
