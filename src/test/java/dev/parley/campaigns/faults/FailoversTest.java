package dev.parley.campaigns.faults;

import static dev.parley.contract.Awaited.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
 * In each round, a primary with a synchronous standby is killed under load at a random moment and the standby promoted: the node
 * continues with the new primary, and reads contain every acknowledged write and everything that was read before.
 */
@Tag("campaign")
class FailoversTest {
    private static final int ROUNDS = CampaignSize.of("parley.failover.rounds", 1);
    private static final int OFFERERS = 6;
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
    }

    private void failOver(Random random) {
        try (PostgresCluster cluster = PostgresCluster.ofTwo();
                PostgresNode parley = PostgresNode.over(cluster)) {
            cluster.synchronous(true);
            await().until(parley::isWhole);
            List<CheckingOfferer> offerers = IntStream.range(0, OFFERERS)
                    .mapToObj(i -> CheckingOfferer.on(parley, new Random(random.nextLong()), CALL_MAX))
                    .toList();
            int before = random.nextInt(20, 600);
            await().atMost(Duration.ofMinutes(2)).until(() -> acknowledged(offerers) > before);
            cluster.primary().kill();
            long since = System.nanoTime();
            cluster.standby().promote();
            cluster.standby().ask("ALTER SYSTEM SET synchronous_standby_names = ''");
            cluster.standby().ask("SELECT pg_reload_conf()");
            await().atMost(Duration.ofMinutes(2))
                    .ignoreException(StoreUnavailable.class)
                    .until(() -> served(parley.signaling().checkReadable(ReadFrom.PRIMARY)) != null);
            int then = acknowledged(offerers);
            await().atMost(Duration.ofMinutes(2)).until(() -> acknowledged(offerers) > then + OFFERERS);
            Duration outage = Duration.ofNanos(System.nanoTime() - since);
            longestOutage = outage.compareTo(longestOutage) > 0 ? outage : longestOutage;
            offerers.forEach(CheckingOfferer::leave);
            offerers.forEach(CheckingOfferer::assertKept);
            assertThat(acknowledged(offerers)).isGreaterThan(before);
            acknowledged += acknowledged(offerers);
        }
    }

    private static int acknowledged(List<CheckingOfferer> offerers) {
        return offerers.stream().mapToInt(CheckingOfferer::acknowledged).sum();
    }
}
