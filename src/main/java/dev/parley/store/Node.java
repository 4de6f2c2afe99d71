package dev.parley.store;

/**
 * A database node, as replies name it.
 *
 * @param region where it stands, in the operator's words
 * @param primary whether it is the one that takes writes
 */
public record Node(String name, String region, boolean primary) {}
