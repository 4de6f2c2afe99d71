package dev.parley.session;

/**
 * The quota of one namespace. Expired sessions do not count.
 *
 * @param sessionsMax maximum live sessions
 * @param bytesMax maximum bytes of theirs in the store, as {@link Opening#bytes} estimates them
 */
public record Quota(long sessionsMax, long bytesMax) {
    /** No quota; nothing is counted. */
    public static final Quota NONE = new Quota(Long.MAX_VALUE, Long.MAX_VALUE);

    public boolean isNone() {
        return equals(NONE);
    }
}
