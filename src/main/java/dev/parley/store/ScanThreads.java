package dev.parley.store;

import dev.parley.session.SignalingException.StoreUnavailable;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads for queries that take their time, a fixed number behind a bounded queue, so that they cannot starve the others. */
public final class ScanThreads implements AutoCloseable {
    private final ThreadPoolExecutor executor;

    /** @param queueMax how many queries may wait; beyond it they are refused */
    public ScanThreads(int threads, int queueMax) {
        var number = new AtomicInteger();
        this.executor = new ThreadPoolExecutor(
                threads, threads, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(queueMax), task -> {
                    var thread = new Thread(task, "parley-scan-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Runs {@code query} on one of the threads; the stage fails with what it throws. */
    public <T> CompletionStage<T> run(Callable<T> query) {
        var promise = new CompletableFuture<T>();
        try {
            executor.execute(() -> {
                try {
                    promise.complete(query.call());
                } catch (Exception | LinkageError e) {
                    promise.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            promise.completeExceptionally(
                    new StoreUnavailable("Too many searches wait; try again.", Duration.ofSeconds(1)));
        }
        return promise;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
