package dev.parley.http.wait;

import dev.parley.http.wait.SessionFeed.End;
import dev.parley.http.wait.SessionFeed.Subscriber;
import dev.parley.http.wait.TopicFeed.Sink;
import dev.parley.http.wait.TopicFeed.Timers;
import dev.parley.http.wait.TopicFeed.Watch;
import dev.parley.http.wait.TopicList.Changes;
import dev.parley.session.Code;
import dev.parley.session.Listing;
import dev.parley.session.TopicKey;
import dev.parley.signaling.Signaling;
import dev.parley.waiting.WaitRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A watcher of a topic that keeps the table of sessions which a client would show. */
public final class TopicView implements Sink, AutoCloseable {
    private static final Vertx VERTX = Vertx.vertx();
    private static final int SIZE = 1_000;

    private final Map<Code, Listing> table = new LinkedHashMap<>();
    private final List<String> contradictions = new ArrayList<>();
    private final Watch watch;

    private TopicView(TopicFeed feed, TopicKey topic) {
        Context loop = VERTX.getOrCreateContext();
        watch = feed.join(
                topic, null, new Subscriber("client", () -> true), this, task -> loop.runOnContext(now -> task.run()));
        watch.ready().thenAccept(Watch::resume);
    }

    /** The feed of a node whose lists pause for a millisecond only. */
    public static TopicFeed feed(Signaling signaling, WaitRegistry registry, InstantSource clock) {
        Timers timers = Timers.of(VERTX);
        return new TopicFeed(
                signaling::listed,
                registry,
                SIZE,
                SIZE,
                clock,
                (delay, task) -> timers.after(delay.equals(TopicFeed.PAUSE) ? Duration.ofMillis(1) : delay, task));
    }

    /** Begins to watch. */
    public static TopicView of(TopicFeed feed, TopicKey topic) {
        return new TopicView(feed, topic);
    }

    /** What has not expired at {@code now}, in no particular order. */
    public synchronized List<Listing> live(Instant now) {
        return table.values().stream()
                .filter(listing -> listing.expiresAt().isAfter(now))
                .toList();
    }

    /** The codes in the table. */
    public synchronized List<String> codes() {
        return table.keySet().stream().map(Code::text).toList();
    }

    /** The messages that no client can understand. */
    public synchronized List<String> contradictions() {
        return List.copyOf(contradictions);
    }

    @Override
    public synchronized void deliver(Watch from, TopicList list, Changes changes) {
        for (Listing gone : changes.gone()) {
            if (table.remove(gone.code()) == null) {
                contradictions.add(gone.code() + " is gone and was not there");
            }
        }
        for (Listing opened : changes.opened()) {
            if (opened.equals(table.put(opened.code(), opened))) {
                contradictions.add(opened.code() + " is opened twice");
            }
        }
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public void ended(Watch from, End why) {
        close();
    }

    @Override
    public void close() {
        watch.close();
    }
}
