package dev.parley.store.admin;

/**
 * The contents of a store or a backup, including expired sessions.
 *
 * @param bytes size of the file
 */
public record StoreContents(long sessions, long events, long bytes) {}
