package dev.parley.guides;

import java.util.Locale;

/**
 * A setting as the configuration guide shows it.
 *
 * @param key such as {@code parley.store.url}
 * @param description its Javadoc as Markdown
 * @param range the values that its constraints allow; empty if it has none
 * @param defaultValue as in {@code application.properties}; empty if it is unset by default
 */
record Setting(String key, String description, String range, String defaultValue) {
    /** The name of its environment variable. */
    String variable() {
        return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    String row() {
        String value = defaultValue.isEmpty() ? "unset" : "`" + defaultValue + "`";
        return "| `%s` | %s | %s | %s |".formatted(key, cell(description), cell(range), cell(value));
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
