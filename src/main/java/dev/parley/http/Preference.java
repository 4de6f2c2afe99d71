package dev.parley.http;

import dev.parley.session.WholeNumber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** How long the client would have its reply held back: {@code Prefer: wait} (RFC 7240, section 4.3). */
public final class Preference {
    private Preference() {}

    /**
     * The wait that {@code headers} ask for, cut to {@code max}; nothing where they ask for none. What cannot be understood is
     * no preference (section 2), and of two the first counts.
     */
    public static Optional<Duration> patience(List<String> headers, Duration max) {
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

    /** The parts between {@code separator}s; one within a quoted string (RFC 9110, section 5.6.4) separates nothing. */
    private static List<String> split(String text, char separator) {
        var parts = new ArrayList<String>();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == '\\' && quoted) {
                i++; // the next character stands for itself
            } else if (c == separator && !quoted) {
                parts.add(text.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(text.substring(from));
        return parts;
    }

    /** What a quoted string says; any other word is itself. A quote that is not closed makes no word of ours. */
    private static String unquoted(String word) {
        boolean quoted = word.length() >= 2 && word.startsWith("\"") && word.endsWith("\"");
        return quoted ? word.substring(1, word.length() - 1).replaceAll("\\\\(.)", "$1") : word;
    }

    /** The value of Preference-Applied. */
    public static String applied(Duration wait) {
        return "wait=" + wait.toSeconds();
    }
}
