package dev.parley.store;

import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** What stages of the store came to, without what the JDK may have wrapped around a failure on its way. */
public final class Futures {
    private Futures() {}

    /**
     * Waits for the result, for as long as it takes; not for event loops.
     *
     * @throws RuntimeException the failure, as it was thrown
     */
    public static <T> T join(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw cause(e) instanceof RuntimeException cause ? cause : e;
        }
    }

    /** The failure, as it was thrown; of a refusal that a node decided, the refusal. */
    public static Throwable cause(Throwable failure) {
        Throwable thrown = unwrapped(failure);
        return thrown instanceof RefusedBy by ? by.refusal() : thrown;
    }

    /** Which node decided a refusal, where one did. */
    public static Optional<ReplyPosition> decision(Throwable failure) {
        return unwrapped(failure) instanceof RefusedBy by ? Optional.of(by.standpoint()) : Optional.empty();
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
