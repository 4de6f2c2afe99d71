/**
 * PostgreSQL: writes on the primary, reads on any node that is new enough.
 *
 * <p>{@link dev.parley.store.postgresql.PostgresDatabase} is the seam; {@link dev.parley.store.postgresql.Reads} decides which node
 * serves a read.
 * {@link dev.parley.store.postgresql.Primary} and {@link dev.parley.store.postgresql.Replica} are the nodes, each with threads,
 * connections and a probe of its own. {@link dev.parley.store.postgresql.Lineage} is what makes a position in the write-ahead log
 * comparable across failovers; {@link dev.parley.store.postgresql.History} makes bookmarks of it.
 */
@NullMarked
package dev.parley.store.postgresql;

import org.jspecify.annotations.NullMarked;
