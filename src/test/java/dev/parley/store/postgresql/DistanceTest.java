package dev.parley.store.postgresql;

import static dev.parley.contract.Awaited.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.parley.CampaignSize;
import dev.parley.LogCapture;
import dev.parley.TestSeed;
import dev.parley.campaigns.faults.CheckingOfferer;
import dev.parley.campaigns.faults.FaultyProxy;
import dev.parley.campaigns.faults.FaultyProxy.Condition;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.store.SlowLog;
import dev.parley.store.postgresql.NotifyingNodes.TestNode;
import dev.parley.waiting.RecordingWaiter;
import dev.parley.waiting.TestWaitRegistries;
import dev.parley.waiting.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One node is near the primary, and another one is far from it with a replica nearby. Whatever the round trip is, the far node
 * serves, logs nothing during normal operation, and recovers soon after its connections were broken.
 *
 * <p>{@code -Dparley.distance.rounds=20} breaks the connections that often instead of {@value #ROUNDS_SMALL} times, at three
 * distances instead of two, and fails over at each instead of at the longest only.
 */
@Tag("slow")
class DistanceTest {
    private static final int ROUNDS_SMALL = 1;
    private static final int ROUNDS = CampaignSize.of("parley.distance.rounds", ROUNDS_SMALL);
    private static final int LONGEST = 300;
    private static final int OFFERERS = 3;
    private static final int SAMPLES = 5;

    /** The worst cases of connecting, the statement timeout and the bookmark wait together, on a busy machine. */
    private static final Duration CALL_MAX = Duration.ofSeconds(20);

    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration SLOW = Duration.ofMillis(100);
    private static final Duration RECHECK = Duration.ofHours(1);

    private static final PostgresCluster shared = PostgresCluster.shared();

    static IntStream distances() {
        return ROUNDS > ROUNDS_SMALL ? IntStream.of(80, 150, LONGEST) : IntStream.of(80, LONGEST);
    }

    @ParameterizedTest
    @MethodSource("distances")
    void aNodeFarFromThePrimaryServesAndRecoversSoon(int millis) throws Exception {
        boolean failsOver = millis == LONGEST || ROUNDS > ROUNDS_SMALL;
        try (PostgresCluster cluster = failsOver ? PostgresCluster.ofTwo() : PostgresCluster.shared();
                var campaign = new Campaign(cluster, Duration.ofMillis(millis))) {
            campaign.idle();
            campaign.wakeUps();
            campaign.readsByTheReplica();
            for (int round = 0; round < ROUNDS; round++) {
                campaign.breakConnections();
            }
            campaign.stopAnsweringWhileConnecting();
            if (failsOver) {
                campaign.failOver();
            }
            campaign.print();
        }
    }

    @Test
    void aDistantReplicaIsBackInServiceAfterItsConnectionsWereBroken() throws IOException {
        Random random = TestSeed.of(DistanceTest.class).random();
        try (FaultyProxy wire = FaultyProxy.to(shared.standby().port(), random)) {
            wire.stretch(Duration.ofMillis(LONGEST));
            try (PostgresNode parley = PostgresNode.over(shared.url(), "copy@here=" + url(shared, wire))) {
                await().atMost(Duration.ofSeconds(60)).until(parley::isWhole);
                terminate(shared.standby());
                await().atMost(Duration.ofSeconds(30)).until(() -> !parley.isWhole());

                await().atMost(Duration.ofSeconds(60)).until(parley::isWhole);
            }
        }
    }

    @Test
    void aReplicaThatCannotBeConnectedToIsLoggedOnceWithTheReason() {
        try (LogCapture log = LogCapture.at("dev.parley");
                PostgresNode parley = PostgresNode.over(
                        shared.url(),
                        "copy@here=postgresql://nobody:secret@127.0.0.1:"
                                + shared.standby().port() + "/"
                                + shared.primary().database())) {
            await().until(() -> !log.messages().isEmpty());
            pass(Duration.ofSeconds(1));

            assertThat(log.messages()).singleElement().asString().contains("copy is out of service", "nobody");
            assertThat(parley.replica().state()).isEqualTo("failing");
        }
    }

    private static String url(PostgresCluster cluster, FaultyProxy... wires) {
        List<String> hosts =
                List.of(wires).stream().map(wire -> "127.0.0.1:" + wire.port()).toList();
        return "postgresql://parley:secret@" + String.join(",", hosts) + "/"
                + cluster.primary().database();
    }

    private static void terminate(PostgresServer server) {
        server.ask("""
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name LIKE 'parley%'""");
    }

    /** Lets time pass in which nothing should happen. */
    private static void pass(Duration time) {
        await().pollDelay(time).atMost(time.plusSeconds(60)).until(() -> true);
    }

    /** The operations at one distance and their results. */
    private static final class Campaign implements AutoCloseable {
        private final PostgresCluster cluster;
        private final Duration roundTrip;
        private final Random random = TestSeed.of(DistanceTest.class).random();
        private final FaultyProxy toPrimary;
        private final FaultyProxy toStandby;
        private final LogCapture log = LogCapture.at("dev.parley");
        private final TestNode near;
        private final TestNode far;
        private final List<String> measured = new ArrayList<>();
        private int linesBefore;

        Campaign(PostgresCluster cluster, Duration roundTrip) throws IOException {
            this.cluster = cluster;
            this.roundTrip = roundTrip;
            this.toPrimary = FaultyProxy.to(cluster.primary().port(), new Random(random.nextLong()));
            this.toStandby = FaultyProxy.to(cluster.standby().port(), new Random(random.nextLong()));
            toPrimary.stretch(roundTrip);
            toStandby.stretch(roundTrip); // only as a host of the primary's URL
            this.near = TestNode.over(cluster, RECHECK);
            long since = System.nanoTime();
            String url = url(cluster, toPrimary, toStandby);
            PrimaryLocator locator =
                    PostgresNode.locator(url, PostgresNode.copy(cluster), Optional.empty(), true, new SlowLog(SLOW));
            PostgresNode parley = PostgresNode.over(locator);
            measured.add("started in " + millisSince(since));
            this.far = TestNode.over(parley, locator, RECHECK);
            await().atMost(Duration.ofSeconds(60)).until(parley::isWhole);
            nodes(far, near).awaitListening();
            nodes(near, far).awaitListening();
        }

        private static NotifyingNodes nodes(TestNode writing, TestNode waiting) {
            return new NotifyingNodes(writing, waiting);
        }

        void idle() {
            linesBefore = log.messages().size();
            pass(Duration.ofSeconds(1));
            assertThat(log.messages().subList(linesBefore, log.messages().size()))
                    .noneMatch(line -> line.startsWith("Slow"));
        }

        void wakeUps() throws Exception {
            measured.add("a waiting client here receives a commit there after " + wakeUp(near, far)
                    + ", there of one here after " + wakeUp(far, near));
        }

        /** The median time from the acknowledgement of a commit to the wake-up of a waiting client. */
        private static String wakeUp(TestNode writing, TestNode waiting) throws Exception {
            var nanos = new ArrayList<Long>();
            for (int i = 0; i < SAMPLES; i++) {
                WritingPeer peer = nodes(writing, waiting).opened();
                var woken = new CompletableFuture<Long>();
                Wait wait = TestWaitRegistries.join(waiting.feed(), peer.key(), new RecordingWaiter(() -> {
                    woken.complete(System.nanoTime());
                    return CompletableFuture.completedStage(null);
                }));
                served(peer.trickle(writing.parley()));
                long acknowledged = System.nanoTime();
                nanos.add(Math.max(0, woken.get(30, TimeUnit.SECONDS) - acknowledged));
                wait.leave();
            }
            return median(nanos);
        }

        void readsByTheReplica() {
            WritingPeer peer = WritingPeer.inNoSession();
            served(peer.open(far.parley()));
            var writes = new ArrayList<Long>();
            var reads = new ArrayList<Long>();
            int byReplica = 0;
            for (int i = 1; i <= SAMPLES; i++) {
                long since = System.nanoTime();
                String bookmark = served(peer.trickle(far.parley())).bookmark();
                writes.add(System.nanoTime() - since);
                since = System.nanoTime();
                Served<?> read = served(peer.read(far.parley(), new ReadFrom.AtLeast(bookmark)));
                reads.add(System.nanoTime() - since);
                byReplica += read.node().primary() ? 0 : 1;
                assertThat(read.reset()).isFalse();
            }
            measured.add("a write takes " + median(writes) + ", a read with its bookmark " + median(reads) + ", "
                    + byReplica + " of " + SAMPLES + " by the replica");
            assertThat(byReplica).isPositive();
        }

        void breakConnections() {
            List<CheckingOfferer> offerers = offerers();
            int before = acknowledged(offerers);
            await().atMost(Duration.ofSeconds(60)).until(() -> acknowledged(offerers) > before + OFFERERS);
            linesBefore = log.messages().size();
            long since = System.nanoTime();
            terminate(cluster.primary());
            awaitOutage();
            measured.add("writes resume " + recovery(since, offerers) + " after all connections were broken");
            offerers.forEach(CheckingOfferer::leave);
            offerers.forEach(CheckingOfferer::assertKept);
        }

        /** The server stops answering: open connections break, new ones hang, and no call waits for them. */
        void stopAnsweringWhileConnecting() {
            linesBefore = log.messages().size();
            toPrimary.set(Condition.SILENT);
            awaitOutage();
            assertRefusedAtOnce();
            pass(Duration.ofSeconds(1));
            assertRefusedAtOnce();
            long since = System.nanoTime();
            toPrimary.set(Condition.NORMAL);
            measured.add("writes resume " + recovery(since, List.of()) + " after silence");
        }

        void failOver() {
            List<CheckingOfferer> offerers = offerers();
            linesBefore = log.messages().size();
            cluster.primary().kill();
            long since = System.nanoTime();
            awaitOutage();
            cluster.standby().promote();
            measured.add("writes resume " + recovery(since, offerers) + " after a failover");
            offerers.forEach(CheckingOfferer::leave); // commits that the standby never received are lost
        }

        private List<CheckingOfferer> offerers() {
            return IntStream.range(0, OFFERERS)
                    .mapToObj(i -> CheckingOfferer.on(far.parley(), new Random(random.nextLong()), CALL_MAX))
                    .toList();
        }

        private static int acknowledged(List<CheckingOfferer> offerers) {
            return offerers.stream().mapToInt(CheckingOfferer::acknowledged).sum();
        }

        /** How long it takes until a write is acknowledged again, with the number of lines that both nodes log until then. */
        private String recovery(long since, List<CheckingOfferer> offerers) {
            await().atMost(Duration.ofSeconds(60)).pollInterval(POLL).until(this::isReachable);
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(POLL)
                    .ignoreException(StoreUnavailable.class)
                    .until(() -> served(WritingPeer.inNoSession().open(far.parley())) != null);
            String took = millisSince(since);
            int refused = offerers.stream().mapToInt(CheckingOfferer::refused).sum();
            return took + " (" + lines() + " lines, " + refused + " refused)";
        }

        private int lines() {
            List<String> logged =
                    log.messages().subList(linesBefore, log.messages().size());
            assertThat(logged).as("lines logged at %s", roundTrip).hasSizeLessThan(20);
            linesBefore += logged.size();
            return logged.size();
        }

        private void awaitOutage() {
            await().atMost(Duration.ofSeconds(30)).pollInterval(POLL).until(() -> !isReachable());
        }

        private boolean isReachable() {
            return far.parley().database().nodes().get(0).serving();
        }

        private void assertRefusedAtOnce() {
            long since = System.nanoTime();
            assertThatThrownBy(() -> served(WritingPeer.inNoSession().open(far.parley())))
                    .isInstanceOf(StoreUnavailable.class);
            assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(Duration.ofSeconds(1));
        }

        void print() {
            System.out.printf("DistanceTest: %d ms: %s%n", roundTrip.toMillis(), String.join("; ", measured));
            log.messages().forEach(line -> System.out.println("    " + line));
        }

        private static String median(List<Long> nanos) {
            return TimeUnit.NANOSECONDS.toMillis(
                            nanos.stream().sorted().toList().get(nanos.size() / 2)) + " ms";
        }

        private static String millisSince(long since) {
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since) + " ms";
        }

        @Override
        public void close() throws IOException {
            far.close();
            near.close();
            toPrimary.close();
            toStandby.close();
            log.close();
        }
    }
}
