package dev.parley.session;

import java.util.OptionalLong;

/** Whole numbers in protocols: ASCII digits only, while Java also accepts signs and the digits of every script. */
public final class WholeNumber {
    private WholeNumber() {}

    /** The number, or nothing where {@code text} is not one or exceeds a {@code long}. */
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
