package dev.parley.store;

import java.sql.SQLException;

/**
 * Work on one connection, done entirely or not at all. It may run more than once before it takes effect, because a batch that was rolled
 * back runs again; so it has no effects besides its statements.
 */
@FunctionalInterface
public interface Work<T> {
    /** @throws dev.parley.session.SignalingException to refuse; then nothing that it changed remains */
    T on(Statements statements) throws SQLException;
}
