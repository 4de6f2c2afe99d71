package dev.parley.store;

/**
 * A position in the history of a database.
 *
 * @param history 24 hexadecimal digits: which history; a restored database and another cluster tell another one
 * @param position how far: commits on SQLite, the write-ahead log's position on PostgreSQL; compared as unsigned
 */
public record Bookmark(String history, long position) {}
