package dev.parley.store;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** What stages of the store came to, without what the JDK may have wrapped around a failure on its way. */
public final class Stages {
    private Stages() {}

    /**
     * Waits for the result, for as long as it takes; not for event loops.
     *
     * @throws RuntimeException the failure, as it was thrown
     */
    public static <T> T join(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** The failure, as it was thrown. */
    public static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
