package dev.parley.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.session.SignalingException.StoreUnavailable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each call that the store's threads accept completes, whatever happens. */
class StoreThreadsTest {
    private final StoreThreads threads = new StoreThreads("test", 1, 1, Duration.ZERO);
    private final CompletableFuture<String> slow = new CompletableFuture<>();

    @AfterEach
    void close() {
        slow.complete("slow");
        threads.close();
    }

    @Test
    void theCallerReceivesTheResultOrTheFailure() {
        assertThat(result(threads.run(() -> "found"))).isEqualTo("found");
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> result(threads.run(() -> {
                    throw new IllegalStateException("a fault of ours");
                })))
                .withCauseExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void anErrorFailsTheCall() {
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> result(threads.run(() -> {
                    throw new StackOverflowError();
                })))
                .withCauseExactlyInstanceOf(StackOverflowError.class);
        assertThat(result(threads.run(() -> "found"))).isEqualTo("found");
    }

    @Test
    void aCallBeyondTheQueueIsRefused() {
        CompletionStage<String> running = threads.run(slow::join);
        CompletionStage<String> waiting = threads.run(() -> "waited");

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> result(threads.run(() -> "never")))
                .withCauseExactlyInstanceOf(StoreUnavailable.class);
        slow.complete("slow");
        assertThat(result(running)).isEqualTo("slow");
        assertThat(result(waiting)).isEqualTo("waited");
    }

    @Test
    void aCallThatHasNotEndedAtTheEndOfCloseFails() {
        CompletionStage<String> running = threads.run(slow::join);
        CompletionStage<String> waiting = threads.run(() -> "never");
        threads.close();

        for (CompletionStage<String> call : List.of(running, waiting, threads.run(() -> "late"))) {
            assertThatExceptionOfType(CompletionException.class)
                    .isThrownBy(() -> result(call))
                    .withCauseExactlyInstanceOf(StoreUnavailable.class);
        }
    }

    @Test
    void aWaitingCallIsFinishedDuringClose() {
        var patient = new StoreThreads("test", 1, 1, Duration.ofSeconds(10));
        patient.run(slow::join);
        CompletionStage<String> waiting = patient.run(() -> "finished");
        slow.completeOnTimeout("slow", 50, TimeUnit.MILLISECONDS);
        patient.close();

        assertThat(waiting.toCompletableFuture()).isCompletedWithValue("finished");
    }

    @Test
    void failAllFailsRunningCallsAndNeverRunsWaitingOnes() {
        var two = new StoreThreads("test", 1, 2, Duration.ZERO);
        var made = new AtomicBoolean();
        CompletionStage<String> running = two.run(slow::join);
        CompletionStage<Boolean> waiting = two.run(() -> made.getAndSet(true));
        two.failAll(() -> new StoreUnavailable("gone", Duration.ofSeconds(1)));

        for (CompletionStage<?> call : List.of(running, waiting)) {
            assertThatExceptionOfType(CompletionException.class)
                    .isThrownBy(() -> result(call))
                    .withCauseExactlyInstanceOf(StoreUnavailable.class);
        }
        slow.complete("slow");
        assertThat(result(two.run(() -> "later"))).isEqualTo("later");
        assertThat(made).isFalse();
        two.close();
    }

    private static <T> T result(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(120, TimeUnit.SECONDS).join();
    }
}
