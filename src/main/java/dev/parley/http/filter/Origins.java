package dev.parley.http.filter;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The web origins (RFC 6454) whose pages may call.
 *
 * @param all whether all origins may; then {@code allowed} is empty
 */
public record Origins(boolean all, List<Pattern> allowed) {
    private static final Pattern ORIGIN = Pattern.compile("null|[a-z][a-z0-9+.-]*://[^/?#@\\s]+");

    /**
     * Parses the value of {@code parley.cors.origins}, which the configuration converts by this method.
     *
     * @param text comma-separated origins, {@code /…/} for a regular expression, or {@code *} for all
     * @throws IllegalArgumentException naming the invalid entry
     */
    public static Origins of(String text) {
        return text.strip().equals("*")
                ? new Origins(true, List.of())
                : new Origins(
                        false,
                        Arrays.stream(text.split(",", -1))
                                .map(entry -> pattern(entry.strip()))
                                .toList());
    }

    private static Pattern pattern(String entry) {
        if (ORIGIN.matcher(entry).matches()) {
            return Pattern.compile(Pattern.quote(entry));
        }
        if (entry.length() < 2 || !entry.startsWith("/") || !entry.endsWith("/")) {
            throw new IllegalArgumentException("\"" + entry
                    + "\" is neither an origin such as https://example.org nor a /regular expression/; use * alone for"
                    + " all.");
        }
        try {
            return Pattern.compile(entry.substring(1, entry.length() - 1));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(entry + " is not a regular expression: " + e.getDescription() + ".", e);
        }
    }

    boolean admit(String origin) {
        return all
                || allowed.stream().anyMatch(pattern -> pattern.matcher(origin).matches());
    }
}
