package dev.parley.campaigns.histories;

import dev.parley.session.Side;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request of a peer about one session. A token has the name of its peer; null is none. */
sealed interface Operation {
    /** The lifetime of a session of the compatible API, which cannot set it. */
    int TTL_SECONDS_DEFAULT = 300;

    /** The condition of the request, or null. */
    default @Nullable Tag tag() {
        return null;
    }

    /** Whether it changes nothing, so that a lost reply is no loss. */
    default boolean onlyReads() {
        return this instanceof Read;
    }

    /** Whether a repetition may add candidates. */
    default boolean bringsMore() {
        return (this instanceof Open open && (open.end || !open.candidates.isEmpty()))
                || (this instanceof Answer answer && (answer.end || !answer.candidates.isEmpty()));
    }

    /**
     * An entity tag.
     *
     * @param call the number of the call whose reply has it
     */
    record Tag(int call, String text) {}

    /** @param topic the number of the topic, 0 or 1 */
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

    /** By the compatible API: the side is explicit, and a token is needed only if the side has one. */
    record TrickleAs(Side side, @Nullable String token, String candidate) implements Operation {}

    /** @param tag of If-Match; null for any */
    record Restart(String token, @Nullable Tag tag, String offer) implements Operation {}

    record Extend(String token, int ttlSeconds) implements Operation {}

    record Close(String token) implements Operation {}

    /** A request that changes nothing and may be served by a replica. */
    sealed interface Read extends Operation {}

    /** @param tag of If-None-Match; null for none */
    record ReadSession(@Nullable Tag tag) implements Read {
        ReadSession() {
            this(null);
        }
    }

    /** @param waits whether the reply may be delayed until there is an event */
    record Follow(long after, int limit, boolean waits) implements Read {}

    /** The description and candidates of the other side of {@code side}. */
    record Poll(Side side) implements Read {}

    /** Whether the session is listed under a topic. */
    record Find(Listing listing, int topic) implements Read {}

    /** The list of waiting sessions. */
    enum Listing {
        /** The native list of a topic. */
        SESSIONS,
        /** The list of the compatible API, which includes offers. */
        OFFERS,
        /** The number of waiting sessions of each topic. */
        COUNTS
    }
}
