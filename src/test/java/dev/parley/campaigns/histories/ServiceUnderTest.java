package dev.parley.campaigns.histories;

import dev.parley.session.SessionKey;
import java.util.concurrent.CompletableFuture;

/** The service that peers call: nodes of Parley over one store. */
interface ServiceUnderTest extends AutoCloseable {
    /** The number of nodes. */
    int nodes();

    /** Calls and waits for the reply. */
    ReplyContext call(int node, SessionKey key, Operation operation, Freshness since);

    /** Calls and closes the connection before the reply. */
    void callAndHangUp(int node, SessionKey key, Operation operation, Freshness since);

    /** Requests events and waits for them. */
    Held await(int node, SessionKey key, Operation.Follow operation, Freshness since);

    /** A waiting call. */
    interface Held {
        CompletableFuture<ReplyContext> reply();

        /** Ends the wait: the reply comes soon, with or without events. */
        void timeUp();

        /** Whether the session has new events, so that the reply must come. */
        boolean isOwedNews();
    }

    @Override
    void close();
}
