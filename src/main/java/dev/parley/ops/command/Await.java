package dev.parley.ops.command;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Waits for what a command asked for; a command has nothing else to do. */
final class Await {
    private Await() {}

    /** The result, or the failure as it was thrown. */
    static <T> T result(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
