package dev.parley.http.wait;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.http.wait.SessionFeed.End;
import dev.parley.http.wait.TopicFeed.Sink;
import dev.parley.http.wait.TopicFeed.Watch;
import dev.parley.http.wait.TopicList.Changes;
import dev.parley.session.TopicKey;
import dev.parley.store.Served;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Opens replies with the sessions of a topic as server-sent events (HTML standard, section 9.2). */
@Singleton
public final class TopicStreams {
    private static final String SYNCED = "event: synced\ndata: {}\n\n";

    private final TopicFeed feed;
    private final OpenStreams streams;
    private final ObjectMapper json;
    private final Changes.Encoding messages = this::messages;

    public TopicStreams(TopicFeed feed, OpenStreams streams, ObjectMapper json) {
        this.feed = feed;
        this.streams = streams;
        this.json = json;
    }

    /**
     * A stream of the sessions of a topic, not started yet; fails as a read does, and where too many requests wait.
     *
     * @param tag only sessions that carry it, or null
     */
    public CompletionStage<Served<TopicStream>> open(RoutingContext client, TopicKey topic, @Nullable String tag) {
        var stream = new TopicStream(client, topic, tag);
        return stream.watch.ready().thenApply(watch -> watch.at(stream));
    }

    /** Each change as a message, after the bookmark that covers them. */
    private Buffer messages(Changes changes) {
        Buffer buffer = StreamedReply.after(changes.bookmark());
        changes.gone().forEach(gone -> append(buffer, "gone", Map.of("code", gone.code())));
        changes.opened().forEach(opened -> append(buffer, "opened", opened));
        return buffer;
    }

    private void append(Buffer buffer, String event, Object data) {
        try {
            buffer.appendString("event: " + event + "\ndata: ")
                    .appendBytes(json.writeValueAsBytes(data)) // on one line
                    .appendString("\n\n");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Every listing is valid JSON", e);
        }
    }

    /**
     * One stream, which ends when the service ends or the client disconnects.
     *
     * <p>A message has the name {@code opened}, with the JSON of the list, or {@code gone}, with the code. {@code synced} follows the
     * sessions that were there at the beginning. Messages have no ids, because each stream begins with the whole list.
     */
    public final class TopicStream extends StreamedReply implements Sink {
        private final Watch watch;
        private boolean synced;

        private TopicStream(RoutingContext client, TopicKey topic, @Nullable String tag) {
            super(client.request());
            this.watch = feed.join(topic, tag, streams.subscriber(client), this);
            streams.add(client, this, watch::close);
        }

        @Override
        void begin() {
            watch.resume();
        }

        @Override
        void resume() {
            watch.resume();
        }

        @Override
        boolean checkCredential() {
            return watch.checkCredential();
        }

        @Override
        public void deliver(Watch from, TopicList list, Changes changes) {
            write(changes.as(messages));
            if (!synced) {
                synced = true;
                write(Buffer.buffer(SYNCED));
            }
        }

        @Override
        public void ended(Watch from, End why) {
            ended(why);
        }
    }
}
