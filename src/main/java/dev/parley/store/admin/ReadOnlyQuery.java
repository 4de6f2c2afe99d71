package dev.parley.store.admin;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One SQL statement that only reads. A read-only connection prevents changes; this class ensures that it is a single statement of a
 * kind that neither changes the connection nor writes other files (on SQLite {@code VACUUM INTO} does, and {@code ATTACH} opens them).
 *
 * @param sql the statement; a semicolon may end it
 */
public record ReadOnlyQuery(String sql) {
    private static final Set<String> KINDS = Set.of("SELECT", "WITH", "VALUES", "EXPLAIN");

    // Text, quoted names and comments, in which a semicolon does not end a statement. Possessive, so that long text
    // needs no stack.
    private static final Pattern QUOTED =
            Pattern.compile("'[^']*+'|\"[^\"]*+\"|`[^`]*+`|\\[[^]]*+]|--[^\\n]*+|/\\*(?s:.*?)\\*/");
    private static final Pattern ENDS = Pattern.compile("[;\\s]+$");
    private static final Pattern FIRST_WORD = Pattern.compile("[(\\s]*+([A-Za-z]++)");

    /** Receives a result row by row. */
    public interface RowSink {
        /** Receives the names of the columns, before the first row. */
        default void columns(List<String> names) {}

        /**
         * Receives one row: text, numbers, null, and {@code byte[]} for binary values.
         *
         * @return whether further rows are wanted
         */
        boolean row(List<@Nullable Object> values);
    }

    /** @throws AdminRefused if it is not one statement, or not one that reads */
    public ReadOnlyQuery {
        String bare = ENDS.matcher(withoutQuoted(sql)).replaceFirst("");
        if (bare.indexOf(';') >= 0) {
            throw new AdminRefused("Only one statement is allowed; there is more after the semicolon.");
        }
        Matcher word = FIRST_WORD.matcher(bare);
        if (!word.lookingAt() || !KINDS.contains(word.group(1).toUpperCase(Locale.ROOT))) {
            throw new AdminRefused("The statement must begin with SELECT, WITH, VALUES or EXPLAIN.");
        }
    }

    private static String withoutQuoted(String sql) {
        return QUOTED.matcher(sql).replaceAll(" ");
    }

    /** The message for a query that exceeds its time. */
    static String tooLong(Duration timeMax) {
        return "The query takes longer than " + timeMax.toMillis() + " ms.";
    }

    /** Passes rows to {@code sink} until there are no more, or it wants no more. */
    static void copy(ResultSet rows, RowSink sink) throws SQLException {
        ResultSetMetaData metaData = rows.getMetaData();
        var names = new ArrayList<String>();
        for (int column = 1; column <= metaData.getColumnCount(); column++) {
            names.add(metaData.getColumnLabel(column));
        }
        sink.columns(names);
        boolean wanted = true;
        while (wanted && rows.next()) {
            var values = new ArrayList<@Nullable Object>();
            for (int column = 1; column <= names.size(); column++) {
                values.add(rows.getObject(column));
            }
            wanted = sink.row(values);
        }
    }
}
