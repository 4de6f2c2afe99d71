package dev.parley.store.sql;

import dev.parley.session.Event;
import dev.parley.session.SessionKey;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an engine remembers of live sessions, so that who polls need not wait for the store. A transaction tells it what it changes
 * while it runs; what {@link #recall} gives is committed, and as new as a read of the store at that moment would be.
 */
public interface SessionCache {
    /** Of an engine whose store others write to as well. */
    SessionCache NONE = new SessionCache() {
        @Override
        public @Nullable CachedSession recall(SessionKey key, Instant now) {
            return null;
        }

        @Override
        public void opened(CachedSession transcript) {}

        @Override
        public void continued(SessionKey key, RowVersion place, List<Event> said) {}

        @Override
        public void closed(SessionKey key) {}

        @Override
        public void swept(Instant until) {}
    };

    /** The live session as it is committed, or null where only the store can tell. */
    @Nullable
    CachedSession recall(SessionKey key, Instant now);

    /** The transaction opened the session, or opened it anew in the place of an expired one. */
    void opened(CachedSession transcript);

    /**
     * The transaction changed the session.
     *
     * @param place how the session stands now
     * @param said the events that were added, in their order
     */
    void continued(SessionKey key, RowVersion place, List<Event> said);

    /** The transaction deleted the session. */
    void closed(SessionKey key);

    /** The transaction deleted sessions that expired at or before {@code until}. */
    void swept(Instant until);
}
