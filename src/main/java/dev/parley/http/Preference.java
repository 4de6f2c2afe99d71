package dev.parley.http;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** How long the client would have its reply held back: {@code Prefer: wait} (RFC 7240, section 4.3). */
final class Preference {
    private static final Pattern SECONDS = Pattern.compile("\"?([0-9]{1,18})\"?");

    private Preference() {}

    /**
     * The wait that {@code headers} ask for, cut to {@code max}; nothing where they ask for none. What cannot be understood is
     * no preference (section 2), and of two the first counts.
     */
    static Optional<Duration> patience(List<String> headers, Duration max) {
        for (String header : headers) {
            for (String preference : header.split(",")) {
                String[] nameAndValue = preference.split(";", 2)[0].split("=", 2);
                if (nameAndValue[0].strip().toLowerCase(Locale.ROOT).equals("wait")) {
                    return nameAndValue.length == 1 ? Optional.empty() : seconds(nameAndValue[1].strip(), max);
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Duration> seconds(String text, Duration max) {
        var seconds = SECONDS.matcher(text);
        return seconds.matches()
                ? Optional.of(Duration.ofSeconds(Math.min(Long.parseLong(seconds.group(1)), max.toSeconds())))
                : Optional.empty();
    }

    /** The value of Preference-Applied. */
    static String applied(Duration wait) {
        return "wait=" + wait.toSeconds();
    }
}
