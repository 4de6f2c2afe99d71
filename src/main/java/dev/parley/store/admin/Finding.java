package dev.parley.store.admin;

import org.jspecify.annotations.Nullable;

/**
 * The result of one check.
 *
 * @param subject what was checked, in a word or two
 * @param found its state, in a line
 * @param advice what to do about it; null if nothing
 */
public record Finding(
        String subject, Level level, String found, @Nullable String advice) {
    public enum Level {
        INFO,
        OK,
        WARNING,
        FAULT
    }

    public static Finding info(String subject, String found) {
        return new Finding(subject, Level.INFO, found, null);
    }

    public static Finding ok(String subject, String found) {
        return new Finding(subject, Level.OK, found, null);
    }

    /** It works, but maybe not for long or not for all requests. */
    public static Finding warning(String subject, String found, String advice) {
        return new Finding(subject, Level.WARNING, found, advice);
    }

    /** OK if {@code ok}, otherwise a warning. */
    public static Finding check(boolean ok, String subject, String found, String advice) {
        return ok ? ok(subject, found) : warning(subject, found, advice);
    }

    /** It does not work. */
    public static Finding fault(String subject, String found, String advice) {
        return new Finding(subject, Level.FAULT, found, advice);
    }
}
