package dev.parley.store;

import dev.parley.session.SignalingException.StoreUnavailable;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A fixed number of threads for blocking calls, behind a bounded queue. */
@SuppressWarnings("CollectionUndefinedEquality") // futures are equal by identity, as intended
public final class StoreThreads implements AutoCloseable {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final ThreadPoolExecutor executor;
    private final Duration closeMax;
    private final Set<CompletableFuture<?>> accepted = ConcurrentHashMap.newKeySet();

    /**
     * @param queueMax maximum waiting calls; further ones are refused
     * @param closeMax maximum time that {@link #close} waits for accepted calls
     */
    public StoreThreads(String name, int threads, int queueMax, Duration closeMax) {
        var number = new AtomicInteger();
        this.executor = new ThreadPoolExecutor(
                threads, threads, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(queueMax), task -> {
                    var thread = new Thread(task, "parley-" + name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        this.closeMax = closeMax;
    }

    /** Runs {@code call} on one of the threads; the stage fails with what it throws. */
    public <T> CompletionStage<T> run(Callable<T> call) {
        var result = new CompletableFuture<T>();
        accepted.add(result);
        try {
            executor.execute(() -> complete(result, call));
        } catch (RejectedExecutionException e) {
            accepted.remove(result);
            result.completeExceptionally(unavailable("Too many calls wait for the store; try again."));
        }
        return result;
    }

    private <T> void complete(CompletableFuture<T> result, Callable<T> call) {
        try {
            if (!result.isDone()) {
                result.complete(call.call());
            }
        } catch (Throwable e) {
            // An Error too: otherwise the stage would never complete.
            result.completeExceptionally(e);
        } finally {
            accepted.remove(result);
        }
    }

    /** The number of calls that wait for a thread. */
    public int waiting() {
        return executor.getQueue().size();
    }

    /** Fails all accepted calls: waiting ones never run, and the results of running ones are dropped. */
    public void failAll(Supplier<? extends RuntimeException> failure) {
        accepted.forEach(result -> result.completeExceptionally(failure.get()));
    }

    /** Accepts no more calls, finishes the accepted ones, and fails those that have not ended when the time is up. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            if (executor.awaitTermination(closeMax.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        executor.shutdownNow();
        failAll(() -> unavailable("The service is stopping; try again."));
    }

    private static StoreUnavailable unavailable(String detail) {
        return new StoreUnavailable(detail, RETRY_AFTER);
    }
}
