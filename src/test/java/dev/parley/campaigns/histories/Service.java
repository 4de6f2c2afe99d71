package dev.parley.campaigns.histories;

import dev.parley.session.SessionKey;
import java.util.concurrent.CompletableFuture;

/** What peers call: some nodes of Parley over one store. */
interface Service extends AutoCloseable {
    /** How many nodes there are to choose from. */
    int nodes();

    /** Asks, and waits for the reply. */
    Reply ask(int node, SessionKey key, Ask ask, Since since);

    /** Asks and hangs up; what becomes of it nobody hears. */
    void askAndHangUp(int node, SessionKey key, Ask ask, Since since);

    /** Asks for what is new and waits until there is something. */
    Held await(int node, SessionKey key, Ask.Follow ask, Since since);

    /** A call that is held back. */
    interface Held {
        CompletableFuture<Reply> reply();

        /** The time is up: the reply comes soon, with or without news. */
        void timeUp();

        /** Whether there is news in the very session that is waited for, so that the reply should be there any moment. */
        boolean isOwedNews();
    }

    @Override
    void close();
}
