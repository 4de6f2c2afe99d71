package dev.parley.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.session.SignalingException.StoreUnavailable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever asks for a long query is told something, whatever becomes of it. */
class ScanThreadsTest {
    private final ScanThreads threads = new ScanThreads(1, 1);
    private final CompletableFuture<String> slow = new CompletableFuture<>();

    @AfterEach
    void close() {
        slow.complete("slow");
        threads.close();
    }

    @Test
    void whatAQueryGivesOrThrowsIsWhatItsCallerGets() {
        assertThat(result(threads.run(() -> "found"))).isEqualTo("found");
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> result(threads.run(() -> {
                    throw new IllegalStateException("a fault of ours");
                })))
                .withCauseExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void evenAnErrorIsTold() {
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> result(threads.run(() -> {
                    throw new StackOverflowError();
                })))
                .withCauseExactlyInstanceOf(StackOverflowError.class);
        assertThat(result(threads.run(() -> "found"))).isEqualTo("found");
    }

    @Test
    void aQueryBeyondTheQueueIsRefused() {
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
    void aQueryThatWaitsWhenTheThreadsCloseIsRefused() {
        CompletionStage<String> running = threads.run(slow::join);
        CompletionStage<String> waiting = threads.run(() -> "never");
        threads.close();

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> result(waiting))
                .withCauseExactlyInstanceOf(StoreUnavailable.class);
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> result(threads.run(() -> "late")))
                .withCauseExactlyInstanceOf(StoreUnavailable.class);
        slow.complete("slow");
        assertThat(result(running)).isEqualTo("slow");
    }

    private static <T> T result(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
