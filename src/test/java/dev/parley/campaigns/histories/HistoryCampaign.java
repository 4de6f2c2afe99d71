package dev.parley.campaigns.histories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.TestSeed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Many histories in one environment, several at once, each judged as soon as it is over; the first that cannot be ends it. */
final class HistoryCampaign implements AutoCloseable {
    private final Environment environment;
    private final TestSeed seed;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger judged = new AtomicInteger();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();
    private final long began = System.nanoTime();

    /**
     * A history that cannot be.
     *
     * @param seed of its script
     */
    record Failure(TestSeed seed, Workload script, Violation finding) {}

    HistoryCampaign(Environment environment, TestSeed seed) {
        this.environment = environment;
        this.seed = seed;
    }

    /**
     * Performs so many scripts, or fewer where one fails.
     *
     * @param atOnce how many at the same time
     */
    Optional<Failure> perform(int histories, int atOnce) {
        CompletableFuture<?>[] directors = IntStream.range(0, atOnce)
                .mapToObj(i -> CompletableFuture.runAsync(() -> direct(histories), threads))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(directors).join();
        return Optional.ofNullable(failure.get());
    }

    private void direct(int histories) {
        for (int one = next.getAndIncrement(); one < histories && failure.get() == null; one = next.getAndIncrement()) {
            TestSeed own = seed.round(one);
            Workload script = Workload.of(own, environment.service().nodes());
            perform(script, "").ifPresent(finding -> failure.compareAndSet(null, new Failure(own, script, finding)));
            judged.incrementAndGet();
        }
    }

    /** Performs one script once, and judges it. */
    Optional<Violation> perform(Workload script, String take) {
        var findings = new ArrayList<Violation>();
        for (History history : WorkloadRun.perform(environment.service(), environment.clock(), script, take, threads)) {
            calls.addAndGet(history.calls().size());
            HistoryChecker.find(history).ifPresent(findings::add);
        }
        return findings.stream().findFirst();
    }

    /** Holds a environment to so many histories, and says in one line how many there were. */
    static void assertHolds(String where, Environment environment, TestSeed seed, int histories, int atOnce) {
        try (var campaign = new HistoryCampaign(environment, seed)) {
            Optional<Failure> failure = campaign.perform(histories, atOnce);
            System.out.println(campaign.closing(where));
            assertThat(failure.map(FailureReport::of)).isEmpty();
        }
    }

    /** How many histories were judged. */
    int judged() {
        return judged.get();
    }

    /** In one line: how much was tried, and how fast. */
    private String closing(String where) {
        Duration time = Duration.ofNanos(System.nanoTime() - began);
        return "Histories %s: %,d with %,d calls in %,.1f s, %s (-Dparley.seed=%d)"
                .formatted(
                        where,
                        judged.get(),
                        calls.get(),
                        time.toMillis() / 1000.0,
                        failure.get() == null ? "0 violations" : "a violation",
                        seed.value());
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
