package dev.parley.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What the holder of a credential may do; one credential can have several roles. */
public enum Role {
    /** Every call of both APIs. */
    PEER,
    /** What finds and reads sessions, and nothing that changes one or takes part in it. */
    OBSERVER,
    /** Inspection and metrics. */
    OPERATOR;

    /** The role as commands, claims and replies write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The role that {@code word} names, in lower case; nothing where it names none. */
    public static Optional<Role> named(String word) {
        return Arrays.stream(values()).filter(role -> role.word().equals(word)).findFirst();
    }
}
