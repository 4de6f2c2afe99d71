package dev.parley.waiting;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** A waiter that records its calls. */
public final class RecordingWaiter implements Waiter {
    static final CompletionStage<?> DONE = CompletableFuture.completedStage(null);

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final Supplier<CompletionStage<?>> look;
    private final Supplier<Instant> expiry;

    public RecordingWaiter() {
        this(() -> DONE);
    }

    /** @param look the action of a check */
    public RecordingWaiter(Supplier<CompletionStage<?>> look) {
        this(look, () -> Instant.MAX);
    }

    /** @param expiry the result of a check */
    RecordingWaiter(Supplier<CompletionStage<?>> look, Supplier<Instant> expiry) {
        this.look = look;
        this.expiry = expiry;
    }

    public List<String> calls() {
        return calls;
    }

    @Override
    public CompletionStage<Instant> check() {
        calls.add("check");
        return look.get().thenApply(done -> expiry.get());
    }

    @Override
    public CompletionStage<?> stop() {
        calls.add("stop");
        return DONE;
    }
}
