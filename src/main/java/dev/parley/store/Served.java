package dev.parley.store;

/**
 * The result of a read or a write, with its position.
 *
 * @param bookmark at least as new as everything that was read or written, in the form that clients send
 * @param node which served it
 * @param reset whether the caller's bookmark belongs to another history, so that its guarantees start anew here
 */
public record Served<T>(T result, String bookmark, Node node, boolean reset) {
    /** Another result at the same position. */
    public <R> Served<R> with(R other) {
        return new Served<>(other, bookmark, node, reset);
    }

    /**
     * The position in a reply that is not the result of a read.
     *
     * @param bookmark in the form that clients send
     * @param reset whether the caller's bookmark belongs to another history, so that its guarantees start anew here
     */
    public record ReplyPosition(String bookmark, Node node, boolean reset) {}
}
