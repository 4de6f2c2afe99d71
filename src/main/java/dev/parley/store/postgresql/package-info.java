/**
 * PostgreSQL: writes on the primary, reads on any node that is new enough.
 *
 * <p>{@link dev.parley.store.postgresql.PostgresDatabase} is the seam; {@link dev.parley.store.postgresql.Reads} decides which node
 * serves a read.
 * {@link dev.parley.store.postgresql.PrimaryNode} and {@link dev.parley.store.postgresql.ReplicaNode} are the nodes, each with threads,
 * connections and a probe of its own. {@link dev.parley.store.postgresql.TimelineHistory} is what makes a position in the write-ahead log
 * comparable across failovers; {@link dev.parley.store.postgresql.PostgresHistory} makes bookmarks of it.
 */
@NullMarked
package dev.parley.store.postgresql;

import org.jspecify.annotations.NullMarked;
