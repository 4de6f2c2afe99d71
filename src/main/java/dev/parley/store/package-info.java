/**
 * Where sessions are kept: the statements, and the seam to the engine that runs them.
 *
 * <p>{@link dev.parley.store.sql.SessionStore} holds each change as one guarded statement and each read as one indexed query, the
 * same text for every engine. {@link dev.parley.store.Database} is all that an engine implements. SQL and rows do not leave
 * this room. Start with {@code Database}, then follow one statement of {@code SessionStore}.
 */
@NullMarked
package dev.parley.store;

import org.jspecify.annotations.NullMarked;
