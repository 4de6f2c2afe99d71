package dev.parley.campaigns.faults;

import static dev.parley.contract.Awaited.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.CampaignSize;
import dev.parley.TestSeed;
import dev.parley.campaigns.faults.FaultyProxy.Condition;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.ReadFrom;
import dev.parley.store.postgresql.PostgresCluster;
import dev.parley.store.postgresql.PostgresNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * With any fault of the network between Parley and PostgreSQL (delays, drips, cuts within a message, a closed direction, silence), no
 * acknowledged write is lost, no read is wrong, and every call ends before its deadline.
 *
 * <p>{@code -Dparley.wire.changes=600} sets the number of changes.
 */
@Tag("campaign")
class NetworkFaultsTest {
    private static final int CHANGES = CampaignSize.of("parley.wire.changes", 24);
    private static final int OFFERERS = 6;
    private static final List<Condition> CONDITIONS = List.of(Condition.values());

    /** The maximum of the statement timeout, the bookmark wait and a connection, on a busy machine. */
    private static final Duration CALL_MAX = Duration.ofSeconds(6);

    @Test
    void networkFaultsLoseNoWriteAndAlterNoReadAndExceedNoDeadline() throws IOException {
        Random random = TestSeed.of(NetworkFaultsTest.class).random();
        try (PostgresCluster cluster = PostgresCluster.shared();
                FaultyProxy toPrimary = FaultyProxy.to(cluster.primary().port(), new Random(random.nextLong()));
                FaultyProxy toReplica = FaultyProxy.to(cluster.standby().port(), new Random(random.nextLong()));
                PostgresNode parley = over(cluster, toPrimary, toReplica)) {
            await().until(parley::isWhole);
            List<CheckingOfferer> offerers = IntStream.range(0, OFFERERS)
                    .mapToObj(i -> CheckingOfferer.on(parley, new Random(random.nextLong()), CALL_MAX))
                    .toList();
            for (int change = 0; change < CHANGES; change++) {
                toPrimary.set(condition(random));
                toReplica.set(condition(random));
                letPass(Duration.ofMillis(random.nextInt(50, 500)));
            }
            toPrimary.set(Condition.NORMAL);
            toReplica.set(Condition.NORMAL);
            await().atMost(Duration.ofMinutes(2))
                    .ignoreException(StoreUnavailable.class)
                    .until(() ->
                            parley.isWhole() && served(parley.signaling().checkReadable(ReadFrom.PRIMARY)) != null);
            offerers.forEach(CheckingOfferer::leave);
            offerers.forEach(CheckingOfferer::assertKept);
            report(offerers, toPrimary.broken() + toReplica.broken());
        }
    }

    private static Condition condition(Random random) {
        return CONDITIONS.get(random.nextInt(CONDITIONS.size()));
    }

    /** Lets time pass; the duration of a fault is part of the test. */
    private static void letPass(Duration time) {
        await().pollDelay(time).atMost(time.plusSeconds(60)).until(() -> true);
    }

    private static PostgresNode over(PostgresCluster cluster, FaultyProxy toPrimary, FaultyProxy toReplica) {
        return PostgresNode.over(url(toPrimary, cluster), "copy@here=" + url(toReplica, cluster));
    }

    private static String url(FaultyProxy proxy, PostgresCluster cluster) {
        return "postgresql://parley:secret@127.0.0.1:" + proxy.port() + "/"
                + cluster.primary().database();
    }

    private static void report(List<CheckingOfferer> offerers, int broken) {
        int acknowledged =
                offerers.stream().mapToInt(CheckingOfferer::acknowledged).sum();
        int refused = offerers.stream().mapToInt(CheckingOfferer::refused).sum();
        Duration longest = offerers.stream()
                .map(CheckingOfferer::longest)
                .max(Duration::compareTo)
                .orElseThrow();
        assertThat(acknowledged).isGreaterThan(CHANGES);
        System.out.printf(
                "NetworkFaultsTest: %d changes of the network, %d connections broken, %d writes acknowledged and kept, %d calls refused,"
                        + " the longest took %d ms%n",
                CHANGES, broken, acknowledged, refused, longest.toMillis());
    }
}
