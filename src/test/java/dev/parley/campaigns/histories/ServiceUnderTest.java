package dev.parley.campaigns.histories;

import dev.parley.session.SessionKey;
import java.util.List;
import java.util.Optional;
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

    /** Watches a topic of the session at a node; empty if the service cannot. */
    Optional<Watched> watch(int node, SessionKey key, int topic);

    /** A watched topic. */
    interface Watched extends AutoCloseable {
        /** How what was received differs from the list; empty if it does not. */
        Optional<String> difference();

        @Override
        void close();
    }

    /** What peers were pushed about the sessions under a code. They push on until their logs are closed. */
    default List<PushLog> pushes(SessionKey key) {
        return List.of();
    }

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
