package dev.parley.store;

/**
 * A database node, as replies name it.
 *
 * @param region its location, as configured
 * @param primary whether it accepts writes
 */
public record Node(String name, String region, boolean primary) {}
