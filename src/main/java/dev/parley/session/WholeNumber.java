package dev.parley.session;

import java.util.OptionalLong;

/** Whole numbers as protocols write them: ASCII digits and nothing else, where Java takes signs and the digits of every script. */
public final class WholeNumber {
    private WholeNumber() {}

    /** The number that {@code text} is; nothing where it is none, or more than a {@code long} has. */
    public static OptionalLong parse(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return OptionalLong.empty();
            }
        }
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
