package dev.parley.store;

import java.sql.SQLException;

/**
 * Something to do on one connection, whole or not at all. It may be run more than once before it takes effect (a batch that
 * had to be rolled back is run again), so it touches nothing but the statements.
 */
@FunctionalInterface
public interface Work<T> {
    /** @throws dev.parley.session.SignalingException to refuse; then nothing that it changed remains */
    T on(Statements statements) throws SQLException;
}
