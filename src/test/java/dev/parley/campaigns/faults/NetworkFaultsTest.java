package dev.parley.campaigns.faults;

import static dev.parley.contract.Awaited.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.CampaignCounts;
import dev.parley.CampaignSize;
import dev.parley.TestSeed;
import dev.parley.campaigns.faults.FaultyProxy.Weather;
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
 * Whatever the network between Parley and PostgreSQL does (delays, drips, cuts in the middle of a message, ends one direction,
 * falls silent), no acknowledged write is lost, no read is wrong, and every call ends within its bound.
 *
 * <p>{@code -Dparley.wire.changes=600} changes the weather so often instead of {@value #CHANGES_SMALL} times.
 */
@Tag("campaign")
class NetworkFaultsTest {
    private static final int CHANGES_SMALL = 24;
    private static final int CHANGES = CampaignSize.of("parley.wire.changes", CHANGES_SMALL);
    private static final int TALKERS = 6;
    private static final List<Weather> WEATHERS = List.of(Weather.values());

    /** The statement's bound, the bookmark's wait and the way to a connection, each at its worst, and a busy machine. */
    private static final Duration CALL_MAX = Duration.ofSeconds(6);

    @Test
    void networkFaultsLoseNoWriteAndAlterNoReadAndExceedNoDeadline() throws IOException {
        Random random = TestSeed.of(NetworkFaultsTest.class).random();
        try (PostgresCluster cluster = PostgresCluster.shared();
                FaultyProxy toPrimary = FaultyProxy.to(cluster.primary().port(), new Random(random.nextLong()));
                FaultyProxy toReplica = FaultyProxy.to(cluster.standby().port(), new Random(random.nextLong()));
                PostgresNode parley = over(cluster, toPrimary, toReplica)) {
            await().until(parley::isWhole);
            List<CheckingOfferer> talkers = IntStream.range(0, TALKERS)
                    .mapToObj(i -> CheckingOfferer.on(parley, new Random(random.nextLong()), CALL_MAX))
                    .toList();
            for (int change = 0; change < CHANGES; change++) {
                toPrimary.set(weather(random));
                toReplica.set(weather(random));
                letBlow(Duration.ofMillis(random.nextInt(50, 500)));
            }
            toPrimary.set(Weather.CLEAR);
            toReplica.set(Weather.CLEAR);
            await().atMost(Duration.ofMinutes(2))
                    .ignoreException(StoreUnavailable.class)
                    .until(() ->
                            parley.isWhole() && served(parley.signaling().checkReadable(ReadFrom.PRIMARY)) != null);
            talkers.forEach(CheckingOfferer::leave);
            talkers.forEach(CheckingOfferer::assertKept);
            tell(talkers, toPrimary.broken() + toReplica.broken());
        }
    }

    private static Weather weather(Random random) {
        return WEATHERS.get(random.nextInt(WEATHERS.size()));
    }

    /** Time passes, which here is what the test is about. */
    private static void letBlow(Duration time) {
        await().pollDelay(time).atMost(time.plusSeconds(60)).until(() -> true);
    }

    private static PostgresNode over(PostgresCluster cluster, FaultyProxy toPrimary, FaultyProxy toReplica) {
        return PostgresNode.over(
                url(toPrimary, cluster), "copy@here=" + url(toReplica, cluster), Duration.ofSeconds(5));
    }

    private static String url(FaultyProxy wire, PostgresCluster cluster) {
        return "postgresql://parley:secret@127.0.0.1:" + wire.port() + "/"
                + cluster.primary().database();
    }

    private static void tell(List<CheckingOfferer> talkers, int broken) {
        int acknowledged =
                talkers.stream().mapToInt(CheckingOfferer::acknowledged).sum();
        int refused = talkers.stream().mapToInt(CheckingOfferer::refused).sum();
        Duration longest = talkers.stream()
                .map(CheckingOfferer::longest)
                .max(Duration::compareTo)
                .orElseThrow();
        assertThat(acknowledged).isGreaterThan(CHANGES);
        System.out.printf(
                "NetworkFaultsTest: %d changes of the weather, %d connections broken, %d writes acknowledged and kept, %d calls refused,"
                        + " the longest took %d ms%n",
                CHANGES, broken, acknowledged, refused, longest.toMillis());
        CampaignCounts.count(CHANGES, "network faults");
    }
}
