package dev.parley.waiting;

import dev.parley.session.KeyMark;
import dev.parley.session.SessionKey;
import dev.parley.session.TopicKey;

/**
 * Notifications between the nodes over one store. A notification may be lost: it saves time, and nothing may depend on it.
 */
public interface NodeNotifications extends AutoCloseable {
    /** For a node that is the only one over its store. */
    NodeNotifications NONE = new NodeNotifications() {
        @Override
        public void listen(Listener listener) {}

        @Override
        public void committed(SessionKey session) {}

        @Override
        public void committed(TopicKey topic) {}

        @Override
        public void close() {}
    };

    /** Receives the notifications of the other nodes, all on one thread, so each method returns at once. */
    interface Listener {
        /** Another node committed a change of the session, or of the list of the topic, with this mark. */
        void committed(KeyMark changed);

        /** Notifications may have been lost until now. */
        void missed();
    }

    /** Registers the one listener. */
    void listen(Listener listener);

    /** Notifies the other nodes of a commit in the session; returns at once. */
    void committed(SessionKey session);

    /** Notifies the other nodes of a commit that changed the list of the topic; returns at once. */
    void committed(TopicKey topic);

    /** Sends and receives nothing more. */
    @Override
    void close();
}
