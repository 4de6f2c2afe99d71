package dev.parley.store.admin;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One SQL statement that only asks. That it changes nothing, the connection sees to, which cannot write; here it is seen to that
 * it is one statement, and that it is of a kind which neither changes the connection nor writes other files (on SQLite
 * {@code VACUUM INTO} does, and {@code ATTACH} opens them).
 *
 * @param sql the statement; a semicolon may end it
 */
public record ReadOnlyQuery(String sql) {
    private static final Set<String> KINDS = Set.of("SELECT", "WITH", "VALUES", "EXPLAIN");

    // What can hold a semicolon that ends no statement: text, names in quotes, comments. Possessive, so that long text
    // takes no
    // stack.
    private static final Pattern QUOTED =
            Pattern.compile("'[^']*+'|\"[^\"]*+\"|`[^`]*+`|\\[[^]]*+]|--[^\\n]*+|/\\*(?s:.*?)\\*/");
    private static final Pattern ENDS = Pattern.compile("[;\\s]+$");
    private static final Pattern FIRST_WORD = Pattern.compile("[(\\s]*+([A-Za-z]++)");

    /** @throws AdminRefused if it is no statement, several of them, or one that does not ask */
    public ReadOnlyQuery {
        String bare = ENDS.matcher(withoutQuoted(sql)).replaceFirst("");
        if (bare.indexOf(';') >= 0) {
            throw new AdminRefused("One statement at a time: there is more behind the semicolon.");
        }
        Matcher word = FIRST_WORD.matcher(bare);
        if (!word.lookingAt() || !KINDS.contains(word.group(1).toUpperCase(Locale.ROOT))) {
            throw new AdminRefused("Only questions: a statement begins with SELECT, WITH, VALUES or EXPLAIN.");
        }
    }

    private static String withoutQuoted(String sql) {
        return QUOTED.matcher(sql).replaceAll(" ");
    }

    /** Tells the rows of an answer until there are no more, or {@code answer} has heard enough. */
    public static void tell(ResultSet rows, RowSink answer) throws SQLException {
        ResultSetMetaData shape = rows.getMetaData();
        var names = new ArrayList<String>();
        for (int column = 1; column <= shape.getColumnCount(); column++) {
            names.add(shape.getColumnLabel(column));
        }
        answer.columns(names);
        boolean goOn = true;
        while (goOn && rows.next()) {
            var values = new ArrayList<@Nullable Object>();
            for (int column = 1; column <= names.size(); column++) {
                values.add(rows.getObject(column));
            }
            goOn = answer.row(values);
        }
    }
}
