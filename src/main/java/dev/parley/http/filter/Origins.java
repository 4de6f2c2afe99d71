package dev.parley.http.filter;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Web origins (RFC 6454) whose pages may call: all of them, those listed, or those that match an expression.
 *
 * @param all whether every origin may; then nothing is listed
 */
public record Origins(boolean all, Set<String> listed, Set<Pattern> expressions) {
    private static final Pattern ORIGIN = Pattern.compile("null|[a-z][a-z0-9+.-]*://[^/?#@\\s]+");

    /**
     * Parses the value of {@code parley.cors.origins}, which the configuration converts by this method.
     *
     * @param text origins separated by commas, {@code /…/} for a regular expression, or {@code *} for all
     * @throws IllegalArgumentException naming the entry that is none of these
     */
    public static Origins of(String text) {
        if (text.strip().equals("*")) {
            return new Origins(true, Set.of(), Set.of());
        }
        var listed = new HashSet<String>();
        var expressions = new HashSet<Pattern>();
        for (String entry : text.split(",", -1)) {
            String origin = entry.strip();
            if (origin.length() > 1 && origin.startsWith("/") && origin.endsWith("/")) {
                expressions.add(expression(origin));
            } else if (ORIGIN.matcher(origin).matches()) {
                listed.add(origin);
            } else {
                throw new IllegalArgumentException("\"" + origin
                        + "\" is no origin such as https://example.org, no /expression/, and not * alone.");
            }
        }
        return new Origins(false, Set.copyOf(listed), Set.copyOf(expressions));
    }

    private static Pattern expression(String entry) {
        try {
            return Pattern.compile(entry.substring(1, entry.length() - 1));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(entry + " is no regular expression: " + e.getDescription() + ".", e);
        }
    }

    boolean admit(String origin) {
        return all
                || listed.contains(origin)
                || expressions.stream()
                        .anyMatch(expression -> expression.matcher(origin).matches());
    }
}
