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

/** Threads for what blocks, a fixed number behind a bounded queue: what waits there can neither starve the others nor pile up. */
public final class StoreThreads implements AutoCloseable {
    private static final int CLOSE_SECONDS_MAX = 10;

    private final ThreadPoolExecutor executor;

    /** @param queueMax how many calls may wait; beyond it they are refused */
    public StoreThreads(String name, int threads, int queueMax) {
        var number = new AtomicInteger();
        this.executor = new ThreadPoolExecutor(
                threads, threads, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(queueMax), task -> {
                    var thread = new Thread(task, "parley-" + name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Runs {@code call} on one of the threads; the stage fails with what it throws. */
    public <T> CompletionStage<T> run(Callable<T> call) {
        var promise = new CompletableFuture<T>();
        try {
            executor.execute(() -> {
                try {
                    promise.complete(call.call());
                } catch (Exception | LinkageError e) {
                    promise.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            promise.completeExceptionally(
                    new StoreUnavailable("Too many calls wait for the store; try again.", Duration.ofSeconds(1)));
        }
        return promise;
    }

    /** Takes no more calls, and waits a while for those that were taken. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
