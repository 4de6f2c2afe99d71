package dev.parley.waiting;

import dev.parley.session.Event;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionMark;
import dev.parley.store.Served;

/**
 * The other nodes over the same store, as far as nodes tell one another what they have committed. What is told may be lost:
 * it saves time, and nothing may depend on it.
 */
public interface NodeNotifications extends AutoCloseable {
    /** Those of a node that is the only one over its store. */
    NodeNotifications NONE = new NodeNotifications() {
        @Override
        public void listen(Ear ear) {}

        @Override
        public void committed(SessionKey key) {}

        @Override
        public void closed(SessionKey key, Served<Event.Closed> last) {}

        @Override
        public void close() {}
    };

    /** Hears what the others tell. All that is told comes through one thread, so whoever hears returns at once. */
    interface Ear {
        /** Something was committed in the session. */
        void committed(SessionMark session);

        /** The deletion of the session was committed. */
        void closed(SessionMark session, Served<Event.Closed> last);

        /** Anything may have been told meanwhile that was not heard. */
        void missed();
    }

    /** Lets {@code ear}, the only one, hear what the others tell from now on. */
    void listen(Ear ear);

    /** Tells that something was committed in the session; returns at once. */
    void committed(SessionKey key);

    /** Tells that the deletion of the session was committed; returns at once. */
    void closed(SessionKey key, Served<Event.Closed> last);

    /** Tells and hears no more. */
    @Override
    void close();
}
