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
public final class StoreThreads implements AutoCloseable {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final ThreadPoolExecutor executor;
    private final Duration closeMax;
    private final Set<Task<?>> accepted = ConcurrentHashMap.newKeySet();

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
        var task = new Task<>(call);
        accepted.add(task);
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            accepted.remove(task);
            task.fail(unavailable("Too many calls wait for the store; try again."));
        }
        return task.promise;
    }

    /** The number of calls that wait for a thread. */
    public int waiting() {
        return executor.getQueue().size();
    }

    /** Fails all accepted calls: waiting ones never run, and the results of running ones are dropped. */
    public void failAll(Supplier<? extends RuntimeException> failure) {
        accepted.forEach(task -> task.fail(failure.get()));
    }

    /** Accepts no more calls, finishes the accepted ones, and refuses those that still wait when the time is up. */
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
                // An Error too: otherwise the promise would never complete.
                promise.completeExceptionally(e);
            } finally {
                accepted.remove(this);
            }
        }

        void fail(RuntimeException failure) {
            promise.completeExceptionally(failure);
        }
    }
}
