package dev.parley.access;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a credential permits; a credential may have several roles. */
public enum Role {
    /** All requests of both APIs. */
    PEER,
    /** Searching and reading sessions, without changing them or taking part in them. */
    OBSERVER,
    /** Inspection and metrics. */
    OPERATOR;

    /** The name in commands, claims and replies. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The role with that name, in lower case; empty if there is none. */
    public static Optional<Role> named(String word) {
        return Arrays.stream(values()).filter(role -> role.word().equals(word)).findFirst();
    }

    /** The roles with those names; unknown ones, which a newer version may have stored, are ignored. */
    static Set<Role> known(Collection<String> words) {
        var roles = EnumSet.noneOf(Role.class);
        words.stream().map(Role::named).flatMap(Optional::stream).forEach(roles::add);
        return roles;
    }
}
