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

/** Concurrent histories in one environment, each checked at its end; the first violation ends the campaign. */
final class HistoryCampaign implements AutoCloseable {
    /** Only a lost notification takes that long, however busy the machine is. */
    private static final Duration NOTIFIED_WITHIN = Duration.ofSeconds(30);

    private final Environment environment;
    private final TestSeed seed;
    private final Duration notifiedWithin;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger judged = new AtomicInteger();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();
    private final long began = System.nanoTime();

    /**
     * A history with a violation.
     *
     * @param seed of its workload
     */
    record Failure(TestSeed seed, Violation finding) {}

    HistoryCampaign(Environment environment, TestSeed seed) {
        this(environment, seed, NOTIFIED_WITHIN);
    }

    /** @param notifiedWithin see {@link WorkloadRun#perform} */
    HistoryCampaign(Environment environment, TestSeed seed, Duration notifiedWithin) {
        this.environment = environment;
        this.seed = seed;
        this.notifiedWithin = notifiedWithin;
    }

    /**
     * Performs {@code histories} workloads, or fewer if one fails.
     *
     * @param atOnce the number of concurrent ones
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
            perform(script).ifPresent(finding -> failure.compareAndSet(null, new Failure(own, finding)));
            judged.incrementAndGet();
        }
    }

    /** Performs one workload once and checks it. */
    Optional<Violation> perform(Workload script) {
        var findings = new ArrayList<Violation>();
        for (History history :
                WorkloadRun.perform(environment.service(), environment.clock(), script, notifiedWithin, threads)) {
            calls.addAndGet(history.calls().size());
            HistoryChecker.find(history).ifPresent(findings::add);
        }
        return findings.stream().findFirst();
    }

    /** Checks {@code histories} histories and prints their number in one line. */
    static void assertHolds(String where, Environment environment, TestSeed seed, int histories, int atOnce) {
        try (var campaign = new HistoryCampaign(environment, seed)) {
            Optional<Failure> failure = campaign.perform(histories, atOnce);
            System.out.println(campaign.closing(where));
            assertThat(failure.map(FailureReport::of)).isEmpty();
        }
    }

    /** The number of checked histories. */
    int judged() {
        return judged.get();
    }

    /** The result in one line. */
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
