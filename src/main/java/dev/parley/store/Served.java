package dev.parley.store;

/**
 * What a read or a write gave, and where it came from.
 *
 * @param bookmark at least as new as everything that was read or written, in the form a client takes
 * @param reset whether the caller's bookmark belongs to another history, so that its promise starts afresh here
 */
public record Served<T>(T result, String bookmark, Node node, boolean reset) {
    /** Another result that comes from the same place. */
    public <R> Served<R> with(R other) {
        return new Served<>(other, bookmark, node, reset);
    }
}
