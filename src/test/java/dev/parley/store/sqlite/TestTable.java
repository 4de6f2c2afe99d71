package dev.parley.store.sqlite;

import dev.parley.contract.Awaited;
import dev.parley.store.Database.Work;
import dev.parley.store.ReadFrom;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A table for tests of transactions. */
public final class TestTable {
    private static final Sql SET = new Sql("test-set", "INSERT INTO marks (name) VALUES (?)");
    private static final Sql SET_IF_NEW =
            new Sql("test-set-if-new", "INSERT INTO marks (name) VALUES (?) ON CONFLICT (name) DO NOTHING");
    private static final Sql LIST = new Sql("test-list", "SELECT name FROM marks ORDER BY rowid");
    private static final Sql POSITION = new Sql("test-position", "SELECT position FROM history");

    private TestTable() {}

    public static void create(OfflineStore file) throws SQLException {
        try (Connection connection = file.connect();
                var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS marks (name TEXT NOT NULL UNIQUE)");
        }
    }

    /** Sets a mark that must be new. */
    public static Work<String> set(String name) {
        return tx -> {
            set(tx, name);
            return name;
        };
    }

    static void set(Statements tx, String name) throws SQLException {
        tx.call(SET).bind(name).update();
    }

    /** Sets a mark or leaves it; returns whether it was new. */
    static Work<Boolean> setIfNew(String name) {
        return tx -> tx.call(SET_IF_NEW).bind(name).update() == 1;
    }

    /** Committed marks in order. */
    public static List<String> in(SqliteDatabase database) {
        return Awaited.result(database.read(
                ReadFrom.PRIMARY,
                node -> node.call(LIST).all(rows -> {
                    var names = new ArrayList<String>();
                    while (rows.next()) {
                        names.add(rows.getString(1));
                    }
                    return names;
                })));
    }

    /** The position of the latest commit. */
    static long position(SqliteDatabase database) {
        return Awaited.result(database.read(
                ReadFrom.PRIMARY,
                node -> node.call(POSITION).all(rows -> {
                    rows.next();
                    return rows.getLong(1);
                })));
    }
}
