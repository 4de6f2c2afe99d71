package dev.parley.session;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One committed state of a session, with the descriptions and candidates of the current generation.
 *
 * @param incarnation as in {@link SessionVersion}
 * @param seq the number of the latest event
 */
public record Session(
        Code code,
        @Nullable String topic,
        @Nullable String peerId,
        List<String> tags,
        int generation,
        long incarnation,
        long seq,
        SideState offerer,
        SideState answerer,
        Instant createdAt,
        Instant expiresAt) {
    public SessionVersion version() {
        return new SessionVersion(incarnation, seq, expiresAt);
    }

    /**
     * The description and candidates of one side in the current generation.
     *
     * @param description its offer or its answer; null while there is no answer
     * @param candidates in commit order
     * @param end whether there will be no more candidates
     */
    public record SideState(@Nullable Description description, List<Candidate> candidates, boolean end) {}

    /**
     * Identifies one state of one session: two reads with the same version have seen the same.
     *
     * @param incarnation distinguishes the session from others that had or will have its code; random, set when it is opened
     * @param seq the number of the latest event
     * @param expiresAt changes when the session is extended, which is not an event
     */
    public record SessionVersion(long incarnation, long seq, Instant expiresAt) {}
}
