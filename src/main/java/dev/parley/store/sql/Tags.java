package dev.parley.store.sql;

import java.util.List;

/**
 * Tags in one text column, with a newline before and after each, so that a tag is found by searching for it between two newlines. Tags
 * contain no control characters.
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

    /** Whether {@code text} can be a tag: with a newline in it, it would match two adjacent tags. */
    static boolean isTag(String text) {
        return text.indexOf('\n') < 0;
    }

    /** The text to search for in the column. */
    static String needle(String tag) {
        return "\n" + tag + "\n";
    }
}
