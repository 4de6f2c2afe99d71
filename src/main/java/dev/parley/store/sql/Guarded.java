package dev.parley.store.sql;

import dev.parley.session.SignalingException.NamespaceFull;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a guarded change: its result, or nothing where the guard missed or the namespace has no room for it. A change without
 * a result has changed nothing.
 *
 * @param full whether the reason is the namespace's quota; a repeated request may still be accepted then
 */
public record Guarded<T>(Optional<T> result, boolean full) {
    /** @param result null where the guard missed */
    static <T> Guarded<T> of(@Nullable T result) {
        return new Guarded<>(Optional.ofNullable(result), false);
    }

    static <T> Guarded<T> noRoom() {
        return new Guarded<>(Optional.empty(), true);
    }

    public static <T> Guarded<T> missed() {
        return of(null);
    }

    public <R> Guarded<R> map(Function<T, R> mapping) {
        return new Guarded<>(result.map(mapping), full);
    }

    /**
     * The result of a change that nothing else refuses.
     *
     * @param missed the refusal where the guard missed
     * @throws NamespaceFull if the quota is the reason
     */
    public T orRefuse(Supplier<? extends RuntimeException> missed) {
        refuseIfFull();
        return result.orElseThrow(missed);
    }

    /** @throws NamespaceFull if the quota is the reason */
    public void refuseIfFull() {
        if (full) {
            throw new NamespaceFull();
        }
    }
}
