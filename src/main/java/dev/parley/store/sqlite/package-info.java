/**
 * The embedded engine: one SQLite file in WAL mode, one writer, many readers.
 *
 * <p>{@link dev.parley.store.sqlite.SqliteDatabase} is the seam. {@link dev.parley.store.sqlite.WriterLane} is where every change
 * goes through, many in one fsync. {@link dev.parley.store.sqlite.SqliteFile} decides whether a file may be opened at all.
 */
@NullMarked
package dev.parley.store.sqlite;

import org.jspecify.annotations.NullMarked;
