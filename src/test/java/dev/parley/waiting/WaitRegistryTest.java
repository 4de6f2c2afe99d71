package dev.parley.waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.parley.CampaignSize;
import dev.parley.TestSeed;
import dev.parley.session.Code;
import dev.parley.session.Namespace;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException.Busy;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.session.SignalingException.TooManyWaits;
import dev.parley.waiting.Wait.Waiter;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Waiters are woken after every commit, whatever its timing relative to their checks, and leave no trace. */
class WaitRegistryTest {
    private static final int RACES = CampaignSize.of("parley.races", 50) * 100;
    private static final Duration NEVER = Duration.ofHours(1);
    private static final SessionKey KEY = key("code");

    private final Vertx vertx = Vertx.vertx();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
        vertx.close();
    }

    @Test
    void noCommitIsMissedWhateverItsTimingRelativeToACheck() throws Exception {
        TestSeed seed = TestSeed.of(getClass());
        WaitRegistry registry = registry(NEVER);
        for (int round = 0; round < RACES; round++) {
            race(registry, seed.round(round).random());
        }
        assertThat(registry.isEmpty()).isTrue();
    }

    /** A writer commits a few times and notifies each time. A check after the last notification must see the last commit. */
    private void race(WaitRegistry registry, Random random) throws Exception {
        var committed = new AtomicLong();
        int commits = 1 + random.nextInt(3);
        int[] pauses = random.ints(2L * commits + 2, 0, 300).toArray();
        boolean elsewhere = random.nextBoolean();
        var seen = new CompletableFuture<Void>();
        var waiter = new RecordingWaiter(() -> {
            spin(pauses[0]);
            long found = committed.get();
            spin(pauses[1]);
            return elsewhere
                    ? CompletableFuture.runAsync(() -> sawAll(found, commits, seen), threads)
                    : CompletableFuture.completedFuture(sawAll(found, commits, seen));
        });
        var writing = threads.submit(() -> {
            for (int i = 0; i < commits; i++) {
                spin(pauses[2 + 2 * i]);
                committed.incrementAndGet();
                spin(pauses[3 + 2 * i]);
                registry.committed(KEY);
            }
        });
        Wait wait = join(registry, KEY, "client", waiter);
        wait.wake();
        seen.get(120, TimeUnit.SECONDS);
        writing.get();
        wait.leave();
    }

    private static boolean sawAll(long found, int commits, CompletableFuture<Void> seen) {
        return found == commits && seen.complete(null);
    }

    private static void spin(int turns) {
        for (int i = 0; i < turns; i++) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whatHappensBeforeAWaitBeginsIsKept() throws Exception {
        WaitRegistry registry = registry(NEVER);
        var waiter = new RecordingWaiter();
        Wait wait = onLoop(() -> registry.join(KEY, "client", waiter));
        registry.committed(KEY);
        onLoop(() -> null);
        assertThat(waiter.calls()).isEmpty();
        wait.begin(false);

        await().until(() -> waiter.calls().equals(List.of("check")));
        wait.leave();
    }

    @Test
    void theChecksOfAWaiterDoNotOverlap() throws Exception {
        WaitRegistry registry = registry(NEVER);
        var checks = new CopyOnWriteArrayList<CompletableFuture<Void>>();
        var waiter = new RecordingWaiter(() -> {
            var check = new CompletableFuture<Void>();
            checks.add(check);
            return check;
        });
        Wait wait = join(registry, KEY, "client", waiter);
        wait.wake();
        await().until(() -> checks.size() == 1);
        for (int i = 0; i < 10; i++) {
            registry.committed(KEY);
        }
        assertThat(checks).hasSize(1);
        checks.get(0).complete(null);

        await().until(() -> checks.size() == 2);
        checks.get(1).complete(null);
        registry.committed(KEY);
        await().until(() -> checks.size() == 3);
        assertThat(waiter.calls())
                .as("ten wake-ups during one check are one check more")
                .containsExactly("check", "check", "check");
        wait.leave();
    }

    @Test
    void aWaiterThatHasLeftIsNotWoken() throws Exception {
        WaitRegistry registry = registry(Duration.ofMillis(100));
        var gone = new RecordingWaiter();
        var there = new RecordingWaiter();
        Wait wait = join(registry, KEY, "client", gone);
        join(registry, KEY, "client", there);
        wait.leave();
        wait.leave();
        registry.committed(KEY);

        await().until(() -> there.calls().size() >= 3);
        assertThat(gone.calls()).isEmpty();
        assertThat(registry.size()).isEqualTo(1);
    }

    @Test
    void nothingRemainsOfWaitersThatHaveLeft() throws Exception {
        WaitRegistry registry = registry(NEVER);
        var waits = new ArrayList<Wait>();
        for (int i = 0; i < 100; i++) {
            waits.add(join(registry, key("code" + i % 7), "client" + i % 5, new RecordingWaiter()));
        }
        assertThat(registry.size()).isEqualTo(100);
        waits.forEach(Wait::leave);

        assertThat(registry.isEmpty()).isTrue();
        assertThat(registry.size()).isZero();
    }

    @Test
    void aCommitWakesOnlyTheWaitersOfItsSession() throws Exception {
        WaitRegistry registry = registry(NEVER);
        var waiter = new RecordingWaiter();
        join(registry, KEY, "client", waiter);
        registry.committed(key("another"));
        registry.committed(new SessionKey(new Namespace("https://other.example"), KEY.code()));
        onLoop(() -> null);

        assertThat(waiter.calls()).isEmpty();
    }

    @Test
    void aWaiterChecksPeriodicallyWithoutAWakeUp() throws Exception {
        WaitRegistry registry = registry(Duration.ofMillis(100));
        var waiter = new RecordingWaiter();
        join(registry, KEY, "client", waiter);

        await().until(() -> waiter.calls().size() >= 2);
    }

    @Test
    void aWaiterChecksWhenItsSessionShouldHaveExpired() throws Exception {
        WaitRegistry registry = registry(NEVER);
        var waiter = new RecordingWaiter(
                () -> RecordingWaiter.DONE, () -> Instant.now().plusMillis(100));
        Wait wait = join(registry, KEY, "client", waiter);
        wait.wake();

        await().until(() -> waiter.calls().size() >= 3);
        wait.leave();
    }

    @Test
    void aFailedCheckDoesNotEndAWait() throws Exception {
        WaitRegistry registry = registry(Duration.ofMillis(100));
        var waiter = new RecordingWaiter(
                () -> CompletableFuture.failedStage(new StoreUnavailable("Not now.", Duration.ofSeconds(1))));
        Wait wait = join(registry, KEY, "client", waiter);

        await().until(() -> waiter.calls().size() >= 5);
        wait.leave();
        assertThat(waiter.calls()).containsOnly("check");
    }

    @Test
    void aFailedCheckIsRepeatedWithoutAWakeUp() throws Exception {
        WaitRegistry registry = registry(NEVER);
        var waiter = new RecordingWaiter(
                () -> CompletableFuture.failedStage(new StoreUnavailable("Not now.", Duration.ofSeconds(1))));
        Wait wait = join(registry, KEY, "client", waiter);
        wait.wake();

        await().until(() -> waiter.calls().size() >= 2);
        wait.leave();
    }

    @Test
    void theNumberOfWaitersOfASessionIsLimited() throws Exception {
        WaitRegistry registry = new WaitRegistry(
                vertx, new TestWaitConfig(3, 100, 100, NEVER), NodeNotifications.NONE, InstantSource.system());
        Wait first = join(registry, KEY, "a", new RecordingWaiter());
        join(registry, KEY, "b", new RecordingWaiter());
        join(registry, KEY, "c", new RecordingWaiter());

        assertThatExceptionOfType(TooManyWaits.class).isThrownBy(() -> join(registry, KEY, "d", new RecordingWaiter()));
        assertThat(registry.size()).as("a refused request is not counted").isEqualTo(3);
        join(registry, key("another"), "d", new RecordingWaiter());
        first.leave();
        join(registry, KEY, "d", new RecordingWaiter());
    }

    @Test
    void theNumberOfWaitersOfAClientIsLimited() throws Exception {
        WaitRegistry registry = new WaitRegistry(
                vertx, new TestWaitConfig(100, 3, 100, NEVER), NodeNotifications.NONE, InstantSource.system());
        Wait first = join(registry, key("1"), "a", new RecordingWaiter());
        join(registry, key("2"), "a", new RecordingWaiter());
        join(registry, key("3"), "a", new RecordingWaiter());

        assertThatExceptionOfType(TooManyWaits.class)
                .isThrownBy(() -> join(registry, key("4"), "a", new RecordingWaiter()));
        assertThat(registry.size()).isEqualTo(3);
        join(registry, key("4"), "b", new RecordingWaiter());
        first.leave();
        join(registry, key("4"), "a", new RecordingWaiter());
    }

    @Test
    void theTotalNumberOfWaitersIsLimited() throws Exception {
        WaitRegistry registry = new WaitRegistry(
                vertx, new TestWaitConfig(100, 100, 3, NEVER), NodeNotifications.NONE, InstantSource.system());
        Wait first = join(registry, key("1"), "a", new RecordingWaiter());
        join(registry, key("2"), "b", new RecordingWaiter());
        join(registry, key("3"), "c", new RecordingWaiter());

        assertThatExceptionOfType(Busy.class).isThrownBy(() -> join(registry, key("4"), "d", new RecordingWaiter()));
        assertThat(registry.size()).isEqualTo(3);
        first.leave();
        join(registry, key("4"), "d", new RecordingWaiter());
    }

    @Test
    void theLimitsHoldForConcurrentWaiters() throws Exception {
        WaitRegistry registry = new WaitRegistry(
                vertx, new TestWaitConfig(10, 20, 30, NEVER), NodeNotifications.NONE, InstantSource.system());
        var joining = new ArrayList<CompletableFuture<Wait>>();
        for (int i = 0; i < 200; i++) {
            String code = "code" + i % 10;
            String client = "client" + i % 2;
            joining.add(CompletableFuture.supplyAsync(
                    () -> registry.join(key(code), client, new RecordingWaiter()), threads));
        }
        CompletableFuture.allOf(joining.toArray(CompletableFuture[]::new))
                .exceptionally(refusal -> null)
                .join();
        List<Wait> waits = joining.stream()
                .filter(one -> !one.isCompletedExceptionally())
                .map(CompletableFuture::join)
                .toList();

        assertThat(waits).hasSize(30);
        waits.forEach(Wait::leave);
        assertThat(registry.isEmpty()).isTrue();
    }

    @Test
    void closingStopsEveryWaiterAndReturnsWhenAllHaveLeft() throws Exception {
        WaitRegistry registry = registry(NEVER);
        var waits = new ArrayList<Wait>();
        var waiters = new ArrayList<RecordingWaiter>();
        for (int i = 0; i < 10; i++) {
            int number = i;
            var waiter = new RecordingWaiter();
            waiters.add(waiter);
            waits.add(join(registry, key("code" + number), "client", waiter));
        }
        CompletableFuture<Void> closing = CompletableFuture.runAsync(registry::close, threads);
        await().until(() -> waiters.stream().allMatch(waiter -> waiter.calls().contains("stop")));
        assertThat(closing).isNotDone();
        waits.forEach(Wait::leave);

        closing.get(120, TimeUnit.SECONDS);
    }

    @Test
    void aRegistryThatIsClosingAcceptsNoWaiter() {
        WaitRegistry registry = registry(NEVER);
        registry.close();

        assertThatExceptionOfType(Busy.class).isThrownBy(() -> join(registry, KEY, "client", new RecordingWaiter()));
        assertThat(registry.isEmpty()).isTrue();
    }

    @Test
    void closingDoesNotWaitForeverForAWaiter() throws Exception {
        WaitRegistry registry = registry(NEVER);
        join(registry, KEY, "client", new RecordingWaiter());

        CompletableFuture.runAsync(registry::close, threads).get(120, TimeUnit.SECONDS);
    }

    private WaitRegistry registry(Duration recheck) {
        return new WaitRegistry(
                vertx,
                new TestWaitConfig(1_000, 1_000, 1_000, recheck),
                NodeNotifications.NONE,
                InstantSource.system());
    }

    private Wait join(WaitRegistry registry, SessionKey key, String client, Waiter waiter) throws Exception {
        return onLoop(() -> {
            Wait wait = registry.join(key, client, waiter);
            wait.begin(false);
            return wait;
        });
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        var result = new CompletableFuture<T>();
        vertx.getOrCreateContext().runOnContext(now -> {
            try {
                result.complete(task.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        try {
            return result.get(120, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static SessionKey key(String code) {
        return new SessionKey(Namespace.UNKNOWN, new Code(code));
    }
}
