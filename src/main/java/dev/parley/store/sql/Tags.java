package dev.parley.store.sql;

import java.util.List;

/**
 * Tags in one text column: a newline before and after each, so that a tag is found by looking for it between two newlines. No
 * tag holds a newline, for none holds a control character.
 */
final class Tags {
    private Tags() {}

    static String column(List<String> tags) {
        return tags.isEmpty() ? "" : "\n" + String.join("\n", tags) + "\n";
    }

    static List<String> list(String column) {
        return column.isEmpty()
                ? List.of()
                : List.of(column.substring(1, column.length() - 1).split("\n"));
    }

    /** Whether any session could carry {@code text}: with a newline in it, it would be found across two tags. */
    static boolean isTag(String text) {
        return text.indexOf('\n') < 0;
    }

    /** What to look for in the column to find {@code tag}. */
    static String needle(String tag) {
        return "\n" + tag + "\n";
    }
}
