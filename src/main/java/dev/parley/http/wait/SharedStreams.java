package dev.parley.http.wait;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.http.Caller;
import dev.parley.http.HttpConfig;
import dev.parley.http.Views.MessageView;
import dev.parley.http.Views.MessagesView;
import dev.parley.http.access.Authenticator;
import dev.parley.http.access.ClientLimits;
import dev.parley.http.wait.SessionFeed.End;
import dev.parley.http.wait.WatchGroup.Receiver;
import dev.parley.http.wait.WatchGroup.Target;
import dev.parley.signaling.Signaling;
import dev.parley.waiting.EventBatch;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Opens replies with the events of several sessions and topics, so that a page needs one connection for all of them: browsers open six
 * to a host over HTTP/1.1.
 */
@Singleton
public final class SharedStreams {
    private final WatchGroup.Services services;
    private final ObjectMapper json;
    private final OpenStreams streams;

    public SharedStreams(
            Signaling signaling,
            SessionFeeds feeds,
            TopicFeed topics,
            ClientLimits limits,
            ObjectMapper json,
            OpenStreams streams,
            HttpConfig config) {
        this.services = new WatchGroup.Services(signaling, feeds, topics, limits, config.pageMax());
        this.json = json;
        this.streams = streams;
    }

    /** A stream of the messages of {@code targets}, not started yet; fails if none of them can be watched. */
    public CompletionStage<SharedStream> stream(RoutingContext client, List<Target> targets) {
        return open(client, targets, 0, true).thenApply(group -> {
            group.setHead();
            return new SharedStream(client, group);
        });
    }

    /**
     * The messages of {@code targets} that are there, or the first one that comes within {@code wait}; none after that time. Fails if
     * none of the targets can be watched. It has about as many events and sessions as a page; the next poll has the others.
     */
    public CompletionStage<MessagesView> poll(RoutingContext client, List<Target> targets, Duration wait) {
        int itemsMax = services.pageMax();
        return open(client, targets, itemsMax, !wait.isZero()).thenCompose(group -> {
            var poll = new Poll(itemsMax);
            group.begin(poll, true);
            if (wait.isZero() || !poll.messages.isEmpty()) {
                poll.reply.complete(null);
            } else {
                poll.begun = true;
                long timer = client.vertx().setTimer(wait.toMillis(), up -> poll.reply.complete(null));
                EventLoop.whenDone(client, () -> client.vertx().cancelTimer(timer));
            }
            return poll.reply.thenApply(done -> {
                group.close();
                group.requireCredential();
                group.setHead();
                return new MessagesView(List.copyOf(poll.messages));
            });
        });
    }

    private CompletionStage<WatchGroup> open(
            RoutingContext client, List<Target> targets, int eventsMax, boolean follows) {
        var group = new WatchGroup(services, new Caller(client), streams.subscriber(client));
        targets.forEach(target -> services.signaling().admitWatch(target.code(), target.topic()));
        services.limits().countWatches(group.address(), Authenticator.credential(client), targets.size());
        EventLoop.whenDone(client, group::close);
        return group.open(targets, eventsMax, follows);
    }

    /** The messages of one reply in JSON, which is complete with the first one that comes later. */
    private static final class Poll implements Receiver {
        private final int itemsMax;
        private final List<MessageView> messages = new ArrayList<>();
        private final CompletableFuture<Void> reply = new CompletableFuture<>();
        private int items;
        private boolean begun;

        private Poll(int itemsMax) {
            this.itemsMax = itemsMax;
        }

        @Override
        public void receive(String code, EventBatch batch) {
            receive(MessageView.events(code, batch.events(), batch.served().bookmark()));
            items += batch.events().size();
        }

        @Override
        public void receive(MessageView message) {
            messages.add(message);
            items += message.opened() == null ? 0 : message.opened().size();
            if (begun) {
                reply.complete(null);
            }
        }

        @Override
        public boolean isWritable() {
            return !reply.isDone() && items < itemsMax;
        }

        @Override
        public void ended(End why) {
            reply.complete(null);
        }
    }

    /** One stream: each message as data, in JSON. It ends when nothing is left to watch, or the service stops. */
    public final class SharedStream extends StreamedReply implements Receiver {
        private final WatchGroup group;

        private SharedStream(RoutingContext client, WatchGroup group) {
            super(client.request());
            this.group = group;
            streams.add(client, this, () -> {});
        }

        @Override
        void begin() {
            group.begin(this, false);
        }

        @Override
        void resume() {
            group.resume();
        }

        @Override
        boolean checkCredential() {
            return group.checkCredential();
        }

        @Override
        public void receive(String code, EventBatch batch) {
            // Neither a code nor a bookmark has a character that JSON escapes.
            Buffer message = Buffer.buffer("{\"code\":\"" + code + "\",\"events\":");
            char separator = '[';
            for (byte[] event : services.feeds().json(batch)) {
                message.appendByte((byte) separator).appendBytes(event);
                separator = ',';
            }
            send(message.appendString("],\"bookmark\":\"" + batch.served().bookmark() + "\"}")
                    .getBytes());
        }

        @Override
        public void receive(MessageView message) {
            try {
                send(json.writeValueAsBytes(message));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("Every message is valid JSON", e);
            }
        }

        private void send(byte[] message) {
            Buffer buffer = Buffer.buffer();
            appendData(buffer, message);
            write(buffer);
        }
    }
}
