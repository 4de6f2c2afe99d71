package dev.parley.store;

import java.time.Duration;

/**
 * A node as it was last seen.
 *
 * @param serving whether reads and writes go there
 * @param state in a word: {@code up} or why it does not serve
 * @param position how far it has come
 * @param lag for how long the primary has been further
 * @param lagBytes by how much the primary is further
 */
public record NodeState(Node node, boolean serving, String state, long position, Duration lag, long lagBytes) {}
