package dev.parley.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Concurrent calls, each on its own thread, and one reader that runs until all are answered. */
final class ConcurrentCalls implements AutoCloseable {
    static final int WAYS = 64;
    private static final int SECONDS_MAX = 120;

    private final ExecutorService threads = Executors.newFixedThreadPool(WAYS + 1);

    /** Reads while the calls run; {@code over} becomes true when all are answered. */
    interface Reader<R> {
        R read(Finish over);
    }

    interface Finish {
        boolean isReached();
    }

    /** The results of the calls, in their order, and of the reader. */
    record Result<T, R>(List<T> calls, R seen) {}

    /** @param calls {@link #WAYS} of them */
    <T, R> Result<T, R> run(List<? extends Callable<T>> calls, Reader<R> reader) throws Exception {
        var barrier = new CyclicBarrier(calls.size());
        var started = new ArrayList<Future<T>>();
        for (Callable<T> call : calls) {
            started.add(threads.submit(() -> {
                barrier.await(SECONDS_MAX, TimeUnit.SECONDS);
                return call.call();
            }));
        }
        R seen = reader.read(() -> started.stream().allMatch(Future::isDone));
        var results = new ArrayList<T>();
        for (Future<T> call : started) {
            results.add(outcome(call));
        }
        return new Result<>(results, seen);
    }

    private static <T> T outcome(Future<T> call) throws Exception {
        try {
            return call.get(SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
