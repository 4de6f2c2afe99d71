/**
 * PostgreSQL: writes on the primary, reads on any node that is new enough.
 *
 * <p>{@link dev.parley.store.postgresql.PostgresDatabase} implements the seam and chooses the node of a read. {@link dev.parley.store.postgresql.ServerNode} is one server with threads, connections and a probe; the
 * primary and the replicas differ in what they observe and serve. {@link dev.parley.store.postgresql.PrimaryLocator} finds the primary
 * and keeps writes away from a former one. {@link dev.parley.store.postgresql.TimelineHistory} makes positions in the write-ahead log
 * comparable across failovers; {@link dev.parley.store.postgresql.PostgresHistory} makes bookmarks of them.
 */
@NullMarked
package dev.parley.store.postgresql;

import org.jspecify.annotations.NullMarked;
