package dev.parley.http;

import dev.parley.session.WholeNumber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The time for which a client asks to wait for its reply: {@code Prefer: wait} (RFC 7240, section 4.3). */
public final class Preference {
    private Preference() {}

    /**
     * The requested time, at most {@code max}; empty if none is requested. A preference that cannot be parsed is ignored (section 2),
     * and the first of several counts.
     */
    public static Optional<Duration> requestedWait(List<String> headers, Duration max) {
        for (String header : headers) {
            for (String preference : split(header, ',')) {
                String[] nameAndValue = split(preference, ';').get(0).split("=", 2);
                if (nameAndValue[0].strip().equalsIgnoreCase("wait")) {
                    return nameAndValue.length == 1 ? Optional.empty() : seconds(nameAndValue[1].strip(), max);
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Duration> seconds(String word, Duration max) {
        OptionalLong seconds = WholeNumber.parse(unquoted(word));
        return seconds.isPresent()
                ? Optional.of(Duration.ofSeconds(Math.min(seconds.getAsLong(), max.toSeconds())))
                : Optional.empty();
    }

    /** The parts between separators, except those within a quoted string (RFC 9110, section 5.6.4). */
    private static List<String> split(String text, char separator) {
        var parts = new ArrayList<String>();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == '\\' && quoted) {
                i++; // the next character is escaped
            } else if (c == separator && !quoted) {
                parts.add(text.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(text.substring(from));
        return parts;
    }

    /** The content of a quoted string; any other word is returned unchanged. */
    private static String unquoted(String word) {
        boolean quoted = word.length() >= 2 && word.startsWith("\"") && word.endsWith("\"");
        return quoted ? word.substring(1, word.length() - 1).replaceAll("\\\\(.)", "$1") : word;
    }

    /** The value of Preference-Applied. */
    public static String applied(Duration wait) {
        return "wait=" + wait.toSeconds();
    }
}
