package dev.parley.store.postgresql;

import java.sql.SQLException;

/** Something to read on a connection to whichever node serves. */
interface NodeQuery<T> {
    T on(NodeConnection connection) throws SQLException;
}
