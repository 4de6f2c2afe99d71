package dev.parley.session;

import dev.parley.session.SignalingException.Malformed;

/**
 * The isolation boundary: every read and every write is confined to one namespace.
 *
 * @param name a credential's namespace, a name that the client chose, or a web origin (RFC 6454, section 6.2); compared exactly; at
 *     most 512 characters, of which a web origin, a scheme and a host of at most 253, never has as many
 */
public record Namespace(String name) {
    private static final int CHARS_MAX = 512;

    /** Where requests belong that bring neither a credential, nor a name, nor an origin. */
    public static final Namespace UNKNOWN = new Namespace("unknown");

    /** @throws Malformed if {@code name} is longer */
    public Namespace {
        if (name.length() > CHARS_MAX) {
            throw new Malformed("Origin may be at most " + CHARS_MAX + " characters; no web origin has more.");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
