/** The statements and rows of a session, the same text for both engines. Start with {@link dev.parley.store.sql.SessionStore}: each change is one guarded statement, each read one indexed query. */
@NullMarked
package dev.parley.store.sql;

import org.jspecify.annotations.NullMarked;
