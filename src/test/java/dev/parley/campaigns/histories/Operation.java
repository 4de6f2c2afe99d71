package dev.parley.campaigns.histories;

import dev.parley.session.Side;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a peer asks of one session. Tokens go by the name of whose they are; null stands for none. */
sealed interface Operation {
    /** How long a session lives that was opened without a token: the compatible API has no field for it. */
    int TTL_SECONDS_DEFAULT = 300;

    /** The condition that goes with it, or null where none does. */
    default @Nullable Tag tag() {
        return null;
    }

    /** Whether the same could be asked twice without changing anything, so that nothing is lost with its reply. */
    default boolean onlyReads() {
        return this instanceof Read;
    }

    /** Whether it brings something that is stored even if the session, or its answer, is there already. */
    default boolean bringsMore() {
        return (this instanceof Open open && (open.end || !open.candidates.isEmpty()))
                || (this instanceof Answer answer && (answer.end || !answer.candidates.isEmpty()));
    }

    /**
     * An entity tag.
     *
     * @param call the number of the call whose reply it came with
     */
    record Tag(int call, String text) {}

    /** @param topic which of the two topics that the session's peers know */
    record Open(@Nullable String token, String offer, List<String> candidates, boolean end, int ttlSeconds, int topic)
            implements Operation {}

    /** @param generation null for the current one */
    record Answer(
            @Nullable String token, String answer, @Nullable Integer generation, List<String> candidates, boolean end)
            implements Operation {}

    /** @param generation null for the current one */
    record Trickle(
            String token,
            List<String> candidates,
            boolean end,
            @Nullable Integer generation) implements Operation {}

    /** As the compatible API has it: the side is said, and its token is needed only where it has one. */
    record TrickleAs(Side side, @Nullable String token, String candidate) implements Operation {}

    /** @param tag what If-Match says; null for any */
    record Restart(String token, @Nullable Tag tag, String offer) implements Operation {}

    record Extend(String token, int ttlSeconds) implements Operation {}

    record Close(String token) implements Operation {}

    /** What changes nothing, and may be served by a replica. */
    sealed interface Read extends Operation {}

    /** @param tag what If-None-Match says; null where there is none */
    record Look(@Nullable Tag tag) implements Read {
        Look() {
            this(null);
        }
    }

    /** @param waits whether the reply may come later, when there is news */
    record Follow(long after, int limit, boolean waits) implements Read {}

    /** What has the other side of {@code side} said? */
    record Poll(Side side) implements Read {}

    /** Is the session among those that wait under a topic? */
    record Find(Listing listing, int topic) implements Read {}

    /** Where a session that waits is found. */
    enum Listing {
        /** The native list of a topic. */
        SESSIONS,
        /** The list of the compatible API, which has the offers as well. */
        OFFERS,
        /** How many sessions wait under each topic. */
        COUNTS
    }
}
