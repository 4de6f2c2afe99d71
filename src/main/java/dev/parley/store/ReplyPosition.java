package dev.parley.store;

/**
 * The position in a reply that is not the result of a read.
 *
 * @param bookmark in the form that clients send
 * @param reset whether the caller's bookmark belongs to another history, so that its guarantees start anew here
 */
public record ReplyPosition(String bookmark, Node node, boolean reset) {}
