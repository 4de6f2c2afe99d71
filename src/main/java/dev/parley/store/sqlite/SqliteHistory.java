package dev.parley.store.sqlite;

import dev.parley.store.Bookmark;
import dev.parley.store.Sql;
import dev.parley.store.Statements;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.HexFormat;

/**
 * The file's own clock: a counter of commits that is part of each commit, so that it can neither run ahead of the data nor
 * stay behind after a crash.
 *
 * <p>{@link #announce} makes a commit's number known just before COMMIT. A reader takes the number after it has read, so
 * it is never older than what was read; at worst it is one commit newer.
 */
public final class SqliteHistory {
    private static final int ID_BYTES = 12;

    private static final Sql BEGIN = new Sql("begin-history", """
            INSERT INTO history (only, id, position) VALUES (1, ?, 0) ON CONFLICT (only) DO NOTHING""");
    private static final Sql LOOK = new Sql("look-at-history", "SELECT id, position FROM history");
    private static final Sql ADVANCE =
            new Sql("advance-history", "UPDATE history SET position = position + 1 RETURNING position");

    private static final Sql BEGIN_ANEW = new Sql("begin-history-anew", "UPDATE history SET id = ?, position = 0");

    private final String id;
    private volatile long latest;

    private SqliteHistory(String id, long position) {
        this.id = id;
        this.latest = position;
    }

    /** The history that the file tells; a file without one begins one. */
    static SqliteHistory of(Statements writer, SecureRandom random) throws SQLException {
        bindNew(writer.call(BEGIN), random).update();
        SqliteHistory history = writer.call(LOOK).first(row -> new SqliteHistory(row.getString(1), row.getLong(2)));
        if (history == null) {
            throw new SQLException("The table history is empty");
        }
        return history;
    }

    /**
     * Lets the file tell another history from here. A restored file has to: its counter has been where it will come to again, and
     * a bookmark of the time that was undone would be honoured then.
     */
    public static void beginAnew(Statements writer, SecureRandom random) throws SQLException {
        bindNew(writer.call(BEGIN_ANEW), random).update();
    }

    private static Statements.Call bindNew(Statements.Call call, SecureRandom random) throws SQLException {
        var id = new byte[ID_BYTES];
        random.nextBytes(id);
        return call.bind(HexFormat.of().formatHex(id));
    }

    /** Counts the commit that is about to happen; within its transaction. */
    long advance(Statements writer) throws SQLException {
        Long position = writer.call(ADVANCE).updateReturning(row -> row.getLong(1));
        if (position == null) {
            throw new SQLException("The table history is empty");
        }
        return position;
    }

    /** Lets readers know of the commit numbered {@code position}. */
    void announce(long position) {
        latest = position;
    }

    /** The bookmark of the latest position that was announced, as clients receive it. */
    String word() {
        return new Bookmark(id, latest).text();
    }

    /** The latest position that was announced. */
    long position() {
        return latest;
    }

    /** Whether {@code bookmark} is of this history and not of its future. */
    boolean honours(Bookmark bookmark) {
        return bookmark.history().equals(id) && Long.compareUnsigned(bookmark.position(), latest) <= 0;
    }
}
