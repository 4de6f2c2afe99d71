package dev.parley.http.channel;

import dev.parley.http.wait.SessionFeed;
import dev.parley.http.wait.SessionFeed.End;
import dev.parley.http.wait.SessionFeed.Subscriber;
import dev.parley.http.wait.SessionFeed.Watched;
import dev.parley.http.wait.TopicFeed;
import dev.parley.http.wait.TopicFeed.Watch;
import dev.parley.http.wait.TopicList;
import dev.parley.http.wait.TopicList.Changes;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.session.SignalingException.TooManyWaits;
import dev.parley.session.TopicKey;
import dev.parley.waiting.EventBatch;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The sessions and topics that one channel watches. Used on the event loop of the connection only. */
final class ChannelWatches implements SessionFeed.Sink, TopicFeed.Sink {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final ChannelContext services;
    private final Outbound outbound;
    private final Subscriber subscriber;
    private final Client client;
    private final Map<String, SessionFeed> sessions = new HashMap<>();
    private final Map<String, Watch> topics = new HashMap<>();
    private int reserved;

    /** The channel. */
    interface Client {
        /** Something was written for the client, and is to be flushed. */
        void pushed(@Nullable String bookmark);

        void close(CloseCode code);
    }

    /** The watch that a request begins if it succeeds. */
    static final class Prepared {
        private boolean reserved;
        private @Nullable Watch topic;
        private @Nullable SessionFeed session;
    }

    ChannelWatches(ChannelContext services, Outbound outbound, Subscriber subscriber, Client client) {
        this.services = services;
        this.outbound = outbound;
        this.subscriber = subscriber;
        this.client = client;
    }

    /**
     * Reserves a watch, unless the session {@code code} is watched already.
     *
     * @throws TooManyWaits if the channel has the maximum number of watches
     */
    void reserve(Prepared prepared, @Nullable String code) {
        if (code != null && sessions.containsKey(code)) {
            return;
        }
        int max = services.config().watches();
        if (sessions.size() + topics.size() + reserved >= max) {
            throw new TooManyWaits(
                    "This channel watches the maximum of " + max
                            + " sessions and topics; end a watch, or open another channel.",
                    RETRY_AFTER);
        }
        prepared.reserved = true;
        reserved++;
    }

    /** Registers for commits before the session is read or written, so that it need not be read again after that. */
    void prepare(Prepared prepared, SessionKey key) {
        try {
            prepared.session = services.feeds().open(subscriber, key, this);
        } catch (SignalingException e) {
            // Ignored: startSession() tries again and reports the refusal.
        }
    }

    /** Registers for the changes of a topic; completes when its list was read. */
    CompletionStage<Watch> join(Prepared prepared, TopicKey topic, @Nullable String tag) {
        if (!topics.containsKey(topic.topic())) {
            reserve(prepared, null);
        }
        Watch watch = services.topics().join(topic, tag, subscriber, this);
        prepared.topic = watch;
        return watch.ready();
    }

    /**
     * Delivers the events of a session from {@code watched} on.
     *
     * @param anew whether a present watch of the same session is replaced, not kept
     */
    void startSession(Prepared prepared, Watched watched, boolean anew) {
        String code = watched.key().code().text();
        SessionFeed former = sessions.get(code);
        if (former != null && !anew && former.isOf(watched.incarnation())) {
            return;
        }
        if (former != null) {
            former.close();
        }
        SessionFeed ready = prepared.session;
        prepared.session = null;
        try {
            SessionFeed feed = ready == null ? services.feeds().open(subscriber, watched.key(), this) : ready;
            sessions.put(code, feed);
            feed.start(watched.incarnation(), watched.after(), ready == null ? null : watched.first());
        } catch (SignalingException e) {
            sessions.remove(code);
            outbound.ended(code, Reply.failed(e));
        }
    }

    /** Delivers the list of the joined topic, if there is one, and its changes. */
    void startTopic(Prepared prepared) {
        Watch watch = prepared.topic;
        if (watch == null) {
            return;
        }
        prepared.topic = null;
        Watch former = topics.put(watch.topic(), watch);
        if (former != null) {
            former.close();
        }
        watch.resume();
    }

    /** The request has ended: what it has prepared and not started is given up. */
    void discard(Prepared prepared) {
        if (prepared.reserved) {
            reserved--;
        }
        if (prepared.session != null) {
            prepared.session.close();
        }
        if (prepared.topic != null) {
            prepared.topic.close();
        }
    }

    void endSession(String code) {
        SessionFeed feed = sessions.remove(code);
        if (feed != null) {
            feed.close();
        }
    }

    void endTopic(String topic) {
        Watch watch = topics.remove(topic);
        if (watch != null) {
            watch.close();
        }
    }

    /** Continues after the client was not ready to receive. */
    void resume() {
        List.copyOf(sessions.values()).forEach(SessionFeed::resume);
        List.copyOf(topics.values()).forEach(Watch::resume);
    }

    /** Ends all watches. */
    void end() {
        sessions.values().forEach(SessionFeed::close);
        sessions.clear();
        topics.values().forEach(Watch::close);
        topics.clear();
    }

    @Override
    public boolean isWritable() {
        return !outbound.isFull();
    }

    @Override
    public void deliver(Watch watch, TopicList list, Changes changes) {
        services.meters().pushedTopic();
        outbound.topic(watch.topic(), changes.as(services.topicChanges()));
        client.pushed(changes.bookmark());
    }

    @Override
    public void deliver(SessionFeed watch, EventBatch batch) {
        String bookmark = batch.served().bookmark();
        services.meters().pushedEvents();
        outbound.events(watch.code(), services.feeds().json(batch), bookmark);
        client.pushed(bookmark);
    }

    @Override
    public void ended(Watch watch, End why) {
        watch.close();
        topics.remove(watch.topic(), watch);
        if (why == End.CREDENTIAL_ENDED) {
            client.close(CloseCode.CREDENTIAL_ENDED);
        }
    }

    @Override
    public void ended(SessionFeed watch, End why) {
        watch.close();
        sessions.remove(watch.code(), watch);
        switch (why) {
            case CREDENTIAL_ENDED -> client.close(CloseCode.CREDENTIAL_ENDED);
            case CLOSED, STOPPING -> {} // the last event was sent, or the channel stops too
            case FAILED -> outbound.ended(watch.code(), Reply.failed(new IllegalStateException("A watch failed")));
            case GONE -> outbound.ended(watch.code(), Reply.failed(new SessionNotFound()));
        }
        client.pushed(null);
    }
}
