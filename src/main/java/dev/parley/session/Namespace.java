package dev.parley.session;

import dev.parley.session.SignalingException.Malformed;

/**
 * The isolation boundary: each read and each write is confined to one namespace.
 *
 * @param name of a credential, chosen by the client, or a web origin (RFC 6454, section 6.2); compared exactly; at most 512 characters
 */
public record Namespace(String name) {
    private static final int CHARS_MAX = 512;

    /** For requests without a credential, a name and an origin. */
    public static final Namespace UNKNOWN = new Namespace("unknown");

    /** @throws Malformed if {@code name} is longer */
    public Namespace {
        if (name.length() > CHARS_MAX) {
            throw new Malformed(
                    "A namespace must be at most " + CHARS_MAX + " characters (was " + name.length() + ").");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
