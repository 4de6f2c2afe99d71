package dev.parley.http.wait;

import dev.parley.http.EntityTags;
import dev.parley.http.HttpConfig;
import dev.parley.http.wait.SessionFeed.End;
import dev.parley.session.Event.Events;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.waiting.EventBatch;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Opens replies with the events of a session as server-sent events (HTML standard, section 9.2). */
@Singleton
public final class EventStreams {
    /** Session and number; ids of an older version have no session. */
    private static final Pattern EVENT_ID = Pattern.compile("(?:([0-9a-z]{1,13})[.])?([0-9]{1,18})");

    private final Signaling signaling;
    private final SessionFeeds feeds;
    private final OpenStreams streams;
    private final int pageMax;

    public EventStreams(Signaling signaling, SessionFeeds feeds, OpenStreams streams, HttpConfig config) {
        this.signaling = signaling;
        this.feeds = feeds;
        this.streams = streams;
        this.pageMax = config.pageMax();
    }

    /**
     * A stream of the events after number {@code after}, not started yet; fails as a read does, and where too many requests wait.
     *
     * @param lastEventId the id of the last event that the client received, which replaces {@code after}; if it belongs to another
     *     session, the stream starts from the beginning
     * @throws Malformed if {@code lastEventId} is not an event id
     */
    public CompletionStage<Served<EventStream>> open(
            RoutingContext client, ReadFrom from, SessionKey key, long after, @Nullable String lastEventId) {
        if (lastEventId == null || lastEventId.isEmpty()) {
            var stream = new EventStream(client, key);
            return signaling.events(from, key, after, pageMax).thenApply(first -> stream.beginning(after, first));
        }
        Matcher id = EVENT_ID.matcher(lastEventId);
        if (!id.matches()) {
            throw new Malformed("Last-Event-ID must be the id of an event of this stream, as the stream sent it.");
        }
        long seq = Long.parseLong(id.group(2));
        var stream = new EventStream(client, key);
        return signaling
                .events(from, key, seq, pageMax)
                .thenCompose(first -> incarnation(first).equals(id.group(1))
                        ? CompletableFuture.completedStage(stream.beginning(seq, first))
                        : signaling.events(from, key, 0, pageMax).thenApply(all -> stream.beginning(0, all)));
    }

    private static String incarnation(Served<Events> read) {
        return EntityTags.incarnation(read.result().incarnation());
    }

    /**
     * One stream, which ends when the session or the service ends, or the client disconnects.
     *
     * <p>An event is a message with the id of its session and its number, and the same JSON as in a list of events.
     */
    public final class EventStream extends StreamedReply implements SessionFeed.Sink {
        private final SessionFeed feed;
        private String idPrefix = "";
        private long after;
        private @Nullable Served<Events> first;

        /** Counts as a waiting request until the reply has ended or the client has disconnected. */
        private EventStream(RoutingContext client, SessionKey key) {
            super(client.request());
            this.feed = feeds.open(streams.subscriber(client), key, this);
            streams.add(client, this, feed::close);
        }

        private Served<EventStream> beginning(long after, Served<Events> first) {
            this.after = after;
            this.first = first;
            return first.with(this);
        }

        @Override
        void begin() {
            Served<Events> read = Objects.requireNonNull(first);
            first = null; // a stream may live for hours
            idPrefix = "id: " + incarnation(read) + '.';
            feed.start(read.result().incarnation(), after, read);
        }

        @Override
        void resume() {
            feed.resume();
        }

        @Override
        boolean checkCredential() {
            return feed.checkCredential();
        }

        @Override
        public void deliver(SessionFeed from, EventBatch batch) {
            Buffer buffer = after(batch.served().bookmark());
            List<byte[]> json = feeds.json(batch);
            for (int i = 0; i < json.size(); i++) {
                buffer.appendString(idPrefix + batch.events().get(i).seq() + "\n");
                appendData(buffer, json.get(i));
            }
            write(buffer);
        }

        @Override
        public void ended(SessionFeed from, End why) {
            ended(why);
        }
    }
}
