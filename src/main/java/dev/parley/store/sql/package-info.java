/**
 * The statements and rows of sessions, keys and quotas, the same text for both engines.
 *
 * <p>Start with {@link dev.parley.store.sql.SessionStore}: each change is one guarded statement, each read one indexed query.
 * {@link dev.parley.store.sql.SessionRepository} is discovery by Panache; {@link dev.parley.store.sql.EncryptionCheck} gives the codec for
 * payloads, {@link dev.parley.store.sql.Schema} applies migrations.
 */
@NullMarked
package dev.parley.store.sql;

import org.jspecify.annotations.NullMarked;
