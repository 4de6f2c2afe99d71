package dev.parley.store.admin;

/**
 * What a store or a backup of one holds, expired sessions included.
 *
 * @param bytes the size of its file
 */
public record StoreContents(long sessions, long events, long bytes) {}
