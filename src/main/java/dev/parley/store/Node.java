package dev.parley.store;

import java.time.Duration;

/**
 * A database node, as replies name it.
 *
 * @param region its location, as configured
 * @param primary whether it accepts writes
 */
public record Node(String name, String region, boolean primary) {
    /**
     * The last known state of a node.
     *
     * @param serving whether reads and writes are routed to it
     * @param state in a word: {@code up} or why it does not serve
     * @param position in the history, as in {@link Bookmark}
     * @param lag how long the primary has been ahead
     * @param lagBytes how far the primary is ahead
     */
    public record NodeState(Node node, boolean serving, String state, long position, Duration lag, long lagBytes) {}
}
