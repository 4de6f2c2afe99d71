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
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

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
        var scan = new Scan<>(query, new CompletableFuture<>());
        try {
            executor.execute(scan);
        } catch (RejectedExecutionException e) {
            scan.refuse("Too many searches wait; try again.");
        }
        return scan.promise();
    }

    /** Refuses what waits; what runs already is interrupted and may still finish. */
    @Override
    public void close() {
        for (Runnable waiting : executor.shutdownNow()) {
            if (waiting instanceof Scan<?> scan) {
                scan.refuse("The service is stopping; try again.");
            }
        }
    }

    private record Scan<T>(Callable<T> query, CompletableFuture<T> promise) implements Runnable {
        @Override
        public void run() {
            try {
                promise.complete(query.call());
            } catch (Throwable e) {
                // An Error too: whoever waits for the promise would wait for ever.
                promise.completeExceptionally(e);
            }
        }

        void refuse(String detail) {
            promise.completeExceptionally(new StoreUnavailable(detail, RETRY_AFTER));
        }
    }
}
