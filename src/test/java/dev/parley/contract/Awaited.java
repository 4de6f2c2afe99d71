package dev.parley.contract;

import dev.parley.store.Futures;
import dev.parley.store.Served;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Waits for the result of a stage, and throws its failure. */
public final class Awaited {
    private static final int SECONDS_MAX = 120;

    private Awaited() {}

    public static <T> T result(CompletionStage<Served<T>> stage) {
        return served(stage).result();
    }

    public static <T> Served<T> served(CompletionStage<Served<T>> stage) {
        return Futures.join(stage.toCompletableFuture().orTimeout(SECONDS_MAX, TimeUnit.SECONDS));
    }
}
