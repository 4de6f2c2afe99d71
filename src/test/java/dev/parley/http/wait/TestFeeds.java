package dev.parley.http.wait;

import dev.parley.http.wait.SessionFeed.Sink;
import dev.parley.http.wait.SessionFeed.Subscriber;
import dev.parley.session.SessionKey;
import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import dev.parley.waiting.WaitRegistry;

/** Feeds for the tests of other packages. */
public final class TestFeeds {
    private static final int PAGE_MAX = 1_000;

    private TestFeeds() {}

    /** As {@link SessionFeeds#open}, for a client that is always admitted. */
    public static SessionFeed open(Signaling signaling, WaitRegistry registry, SessionKey key, Sink sink) {
        return new SessionFeed(
                registry,
                key,
                (incarnation, seq) -> signaling.follow(ReadFrom.PRIMARY, key, incarnation, seq, PAGE_MAX),
                PAGE_MAX,
                new Subscriber("client", () -> true),
                sink);
    }
}
