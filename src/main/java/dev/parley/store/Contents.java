package dev.parley.store;

/**
 * What a store or a backup of one holds, expired sessions included.
 *
 * @param bytes the size of its file
 */
public record Contents(long sessions, long events, long bytes) {}
