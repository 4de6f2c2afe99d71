package dev.parley.waiting;

import dev.parley.waiting.Wait.Waiter;
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
    private final Supplier<CompletionStage<?>> check;
    private final Supplier<Instant> expiry;

    public RecordingWaiter() {
        this(() -> DONE);
    }

    /** @param check the action of a check */
    public RecordingWaiter(Supplier<CompletionStage<?>> check) {
        this(check, () -> Instant.MAX);
    }

    /** @param expiry the result of a check */
    RecordingWaiter(Supplier<CompletionStage<?>> check, Supplier<Instant> expiry) {
        this.check = check;
        this.expiry = expiry;
    }

    public List<String> calls() {
        return calls;
    }

    @Override
    public CompletionStage<Instant> check() {
        calls.add("check");
        return check.get().thenApply(done -> expiry.get());
    }

    @Override
    public CompletionStage<?> stop() {
        calls.add("stop");
        return DONE;
    }
}
