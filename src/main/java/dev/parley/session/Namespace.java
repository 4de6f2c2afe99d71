package dev.parley.session;

/**
 * The isolation boundary: every read and every write is confined to one namespace.
 *
 * @param name a credential's namespace or a web origin (RFC 6454, section 6.2); compared exactly
 */
public record Namespace(String name) {
    /** Where requests belong that bring neither a credential nor an origin. */
    public static final Namespace UNKNOWN = new Namespace("unknown");

    @Override
    public String toString() {
        return name;
    }
}
