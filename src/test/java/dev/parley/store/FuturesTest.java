package dev.parley.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.session.SignalingException.SessionNotFound;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class FuturesTest {
    private final RuntimeException refusal = new SessionNotFound();

    @Test
    void joinReturnsTheResult() {
        assertThat(Futures.join(CompletableFuture.completedStage("found"))).isEqualTo("found");
    }

    @Test
    void joinThrowsTheUnwrappedFailure() {
        var failed = CompletableFuture.<String>failedFuture(refusal).thenApply(String::strip);

        assertThatThrownBy(() -> Futures.join(failed)).isSameAs(refusal);
    }

    @Test
    void joinThrowsACheckedFailureAsTheCause() {
        var unread = new IOException();

        assertThatThrownBy(() -> Futures.join(CompletableFuture.failedStage(unread)))
                .isInstanceOf(CompletionException.class)
                .hasCause(unread);
    }

    @Test
    void anAttemptThatThrowsIsAFailedStage() {
        assertThat(Futures.join(Futures.attempt(() -> CompletableFuture.completedStage("found"))))
                .isEqualTo("found");
        assertThatThrownBy(() -> Futures.join(Futures.attempt(() -> {
                    throw refusal;
                })))
                .isSameAs(refusal);
    }

    @Test
    void causeIsTheUnwrappedFailure() {
        assertThat(Futures.cause(refusal)).isSameAs(refusal);
        assertThat(Futures.cause(new CompletionException(refusal))).isSameAs(refusal);
    }

    @Test
    void causeOfAnUnwrappedFailureIsItself() {
        var bare = new CompletionException(null);

        assertThat(Futures.cause(bare)).isSameAs(bare);
    }
}
