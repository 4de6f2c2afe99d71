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

/** Threads for what blocks, a fixed number behind a bounded queue: what waits there can neither starve the others nor pile up. */
public final class StoreThreads implements AutoCloseable {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final ThreadPoolExecutor executor;
    private final Duration closeMax;
    private final Set<Task<?>> taken = ConcurrentHashMap.newKeySet();

    /**
     * @param queueMax how many calls may wait; beyond it they are refused
     * @param closeMax how long {@link #close} lets those finish that were taken
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
        var task = new Task<>(call);
        taken.add(task);
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            taken.remove(task);
            task.fail(unavailable("Too many calls wait for the store; try again."));
        }
        return task.promise;
    }

    /** How many calls wait for a thread. */
    public int waiting() {
        return executor.getQueue().size();
    }

    /** Fails all calls that were taken: those that wait are never made, those that run are no longer waited for. */
    public void failAll(Supplier<? extends RuntimeException> failure) {
        taken.forEach(task -> task.fail(failure.get()));
    }

    /** Takes no more calls, lets those finish that were taken, and refuses those that still wait when the time is up. */
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
        for (Runnable waiting : executor.shutdownNow()) {
            if (waiting instanceof Task<?> task) {
                task.fail(unavailable("The service is stopping; try again."));
            }
        }
    }

    private static StoreUnavailable unavailable(String detail) {
        return new StoreUnavailable(detail, RETRY_AFTER);
    }

    private final class Task<T> implements Runnable {
        private final Callable<T> call;
        private final CompletableFuture<T> promise = new CompletableFuture<>();

        private Task(Callable<T> call) {
            this.call = call;
        }

        @Override
        public void run() {
            try {
                if (!promise.isDone()) {
                    promise.complete(call.call());
                }
            } catch (Throwable e) {
                // An Error too: whoever waits for the promise would wait for ever.
                promise.completeExceptionally(e);
            } finally {
                taken.remove(this);
            }
        }

        void fail(RuntimeException failure) {
            promise.completeExceptionally(failure);
        }
    }
}
