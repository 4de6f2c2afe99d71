/**
 * The embedded engine: one SQLite file in WAL mode, one writer, many readers.
 *
 * <p>Start with {@link dev.parley.store.sqlite.SqliteDatabase}. {@link dev.parley.store.sqlite.WriterLane} commits all changes, many
 * with one fsync. {@link dev.parley.store.sqlite.SqliteFile} decides whether a file may be opened;
 * {@link dev.parley.store.sqlite.StoreLock} shows other processes who uses it.
 */
@NullMarked
package dev.parley.store.sqlite;

import org.jspecify.annotations.NullMarked;
