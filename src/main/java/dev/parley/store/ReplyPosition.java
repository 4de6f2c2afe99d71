package dev.parley.store;

/**
 * A position without a result: what a reply says that no read gave.
 *
 * @param bookmark in the form a client takes
 * @param node the primary
 * @param reset whether the caller's bookmark belongs to another history, so that its promise starts afresh here
 */
public record ReplyPosition(String bookmark, Node node, boolean reset) {}
