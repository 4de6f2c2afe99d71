package dev.parley.store.admin;

import org.jspecify.annotations.Nullable;

/**
 * One thing that was looked at to see whether all is well.
 *
 * @param subject what was looked at, in a word or two
 * @param found how it is, in a line
 * @param advice what to do about it; null where all is well
 */
public record Finding(
        String subject, Level level, String found, @Nullable String advice) {
    /** How much it matters. */
    public enum Level {
        INFO,
        OK,
        WARNING,
        FAULT
    }

    /** A fact that is neither good nor bad. */
    public static Finding info(String subject, String found) {
        return new Finding(subject, Level.INFO, found, null);
    }

    public static Finding ok(String subject, String found) {
        return new Finding(subject, Level.OK, found, null);
    }

    /** It works, and may not for long, or not for everybody. */
    public static Finding warning(String subject, String found, String advice) {
        return new Finding(subject, Level.WARNING, found, advice);
    }

    /** It does not work. */
    public static Finding fault(String subject, String found, String advice) {
        return new Finding(subject, Level.FAULT, found, advice);
    }
}
