package dev.parley.session;

/**
 * How much one namespace may hold. A session that has expired counts no more.
 *
 * @param sessionsMax live sessions
 * @param bytesMax what they take in the store, as {@link Opening#bytes} estimates it
 */
public record Quota(long sessionsMax, long bytesMax) {
    /** Everybody may hold everything; then nothing is counted. */
    public static final Quota NONE = new Quota(Long.MAX_VALUE, Long.MAX_VALUE);

    public boolean isNone() {
        return equals(NONE);
    }
}
