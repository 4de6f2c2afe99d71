package dev.parley.store.sqlite;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The query plan of a statement (EXPLAIN QUERY PLAN).
 *
 * @param steps one line each, such as {@code SEARCH s USING INDEX sessions_by_code (namespace=? AND code=?)}
 */
record QueryPlan(List<String> steps) {
    static QueryPlan of(Connection connection, String sql) throws SQLException {
        var steps = new ArrayList<String>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("EXPLAIN QUERY PLAN " + sql)) {
            while (rows.next()) {
                steps.add(rows.getString("detail"));
            }
        }
        return new QueryPlan(steps);
    }
}
