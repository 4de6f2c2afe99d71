package dev.parley.campaigns.histories;

import dev.parley.session.SessionKey;
import java.util.concurrent.CompletableFuture;

/** What peers call: some nodes of Parley over one store. */
interface ServiceUnderTest extends AutoCloseable {
    /** How many nodes there are to choose from. */
    int nodes();

    /** Asks, and waits for the reply. */
    ReplyContext call(int node, SessionKey key, Operation operation, Freshness since);

    /** Asks and hangs up; what becomes of it nobody hears. */
    void callAndHangUp(int node, SessionKey key, Operation operation, Freshness since);

    /** Asks for what is new and waits until there is something. */
    Held await(int node, SessionKey key, Operation.Follow operation, Freshness since);

    /** A call that is held back. */
    interface Held {
        CompletableFuture<ReplyContext> reply();

        /** The time is up: the reply comes soon, with or without news. */
        void timeUp();

        /** Whether there is news in the very session that is waited for, so that the reply should be there any moment. */
        boolean isOwedNews();
    }

    @Override
    void close();
}
