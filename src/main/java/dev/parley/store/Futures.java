package dev.parley.store;

import dev.parley.session.SignalingException;
import dev.parley.store.Served.ReplyPosition;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Results of completion stages, with failures unwrapped. */
public final class Futures {
    private Futures() {}

    /**
     * Waits for the result without a limit; not for event loops.
     *
     * @throws RuntimeException the failure as it was thrown
     */
    public static <T> T join(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw cause(e) instanceof RuntimeException cause ? cause : e;
        }
    }

    /** The stage that {@code call} returns; a failed one if it throws. */
    public static <T> CompletionStage<T> attempt(Supplier<CompletionStage<T>> call) {
        try {
            return call.get();
        } catch (Throwable e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /** The failure as it was thrown; the refusal where a node decided it. */
    public static Throwable cause(Throwable failure) {
        Throwable thrown = unwrapped(failure);
        return thrown instanceof RefusedBy by ? by.refusal : thrown;
    }

    /** The position of the node that decided a refusal, where one did. */
    public static Optional<ReplyPosition> decision(Throwable failure) {
        return unwrapped(failure) instanceof RefusedBy by ? Optional.of(by.position) : Optional.empty();
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** A refusal together with the position of the node that decided it. {@link Futures#cause} returns the refusal alone. */
    public static final class RefusedBy extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final SignalingException refusal;
        private final transient ReplyPosition position;

        public RefusedBy(SignalingException refusal, ReplyPosition position) {
            super(null, refusal, false, false); // an ordinary reply needs no stack trace
            this.refusal = refusal;
            this.position = position;
        }
    }
}
