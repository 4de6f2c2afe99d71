package dev.parley.store.sqlite;

import dev.parley.store.Bookmark;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.HexFormat;

/**
 * The commit counter of the file, which is part of each commit, so that after a crash it is neither ahead of the data nor behind it.
 *
 * <p>A commit's number is published just before COMMIT. A reader takes the number after it has read, so it is never older than what was
 * read; at worst it is one commit newer.
 */
public final class SqliteHistory {
    private static final int ID_BYTES = 12;

    private static final Sql BEGIN = new Sql("begin-history", """
            INSERT INTO history (only, id, position) VALUES (1, ?, 0) ON CONFLICT (only) DO NOTHING""");
    private static final Sql READ = new Sql("read-history", "SELECT id, position FROM history");
    private static final Sql ADVANCE =
            new Sql("advance-history", "UPDATE history SET position = position + 1 RETURNING position");
    private static final Sql REPLACE = new Sql("replace-history", "UPDATE history SET id = ?, position = 0");

    private final String id;
    private volatile long latest;

    private SqliteHistory(String id, long position) {
        this.id = id;
        this.latest = position;
    }

    /** The history of the file; creates one in a new file. */
    static SqliteHistory of(Statements writer, SecureRandom random) throws SQLException {
        writer.call(BEGIN).bind(newId(random)).update();
        SqliteHistory history = writer.call(READ).first(row -> new SqliteHistory(row.getString(1), row.getLong(2)));
        if (history == null) {
            throw new SQLException("The table history is empty");
        }
        return history;
    }

    /**
     * Gives the file another history. A restored file needs one: its counter will reach numbers again that it had before the restore,
     * and bookmarks of commits that were undone would be accepted then.
     */
    public static void replace(Statements writer, SecureRandom random) throws SQLException {
        writer.call(REPLACE).bind(newId(random)).update();
    }

    private static String newId(SecureRandom random) {
        var id = new byte[ID_BYTES];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    /** Counts the current commit, within its transaction, and publishes its number to readers. */
    void advance(Statements writer) throws SQLException {
        Long position = writer.call(ADVANCE).updateReturning(row -> row.getLong(1));
        if (position == null) {
            throw new SQLException("The table history is empty");
        }
        latest = position;
    }

    /** The bookmark of the latest commit. */
    String word() {
        return new Bookmark(id, latest).text();
    }

    /** The number of the latest commit. */
    long position() {
        return latest;
    }

    /** Whether {@code bookmark} is of this history, which has reached it. */
    boolean honours(Bookmark bookmark) {
        return bookmark.history().equals(id) && Long.compareUnsigned(bookmark.position(), latest) <= 0;
    }
}
