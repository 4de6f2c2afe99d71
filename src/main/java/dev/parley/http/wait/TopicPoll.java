package dev.parley.http.wait;

import dev.parley.http.EntityTags;
import dev.parley.http.access.Authenticator;
import dev.parley.http.access.Authenticator.CredentialEnded;
import dev.parley.http.access.ClientAddresses;
import dev.parley.http.wait.SessionFeed.End;
import dev.parley.http.wait.SessionFeed.Subscriber;
import dev.parley.http.wait.TopicFeed.Sink;
import dev.parley.http.wait.TopicFeed.Timers;
import dev.parley.http.wait.TopicFeed.Watch;
import dev.parley.http.wait.TopicList.Changes;
import dev.parley.http.wait.TopicList.TaggedPage;
import dev.parley.session.Listing;
import dev.parley.session.Page;
import dev.parley.session.SignalingException;
import dev.parley.session.TopicKey;
import dev.parley.signaling.Signaling;
import dev.parley.store.Futures;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Delays a list of the sessions of a topic until it has changed, the requested time has passed or the service stops. */
@Singleton
public final class TopicPoll {
    private final Signaling signaling;
    private final TopicFeed feed;
    private final ClientAddresses addresses;
    private final Authenticator authenticator;

    public TopicPoll(Signaling signaling, TopicFeed feed, ClientAddresses addresses, Authenticator authenticator) {
        this.signaling = signaling;
        this.feed = feed;
        this.addresses = addresses;
        this.authenticator = authenticator;
    }

    /**
     * The first page of the topic's sessions, as soon as {@code known} does not name it.
     *
     * @param from what the caller asked to read from
     * @param tag only sessions that carry it, or null
     */
    public CompletionStage<Served<Page<Listing>>> page(
            RoutingContext client,
            ReadFrom from,
            TopicKey topic,
            @Nullable String tag,
            int limit,
            EntityTags known,
            Duration time) {
        EventLoop loop = EventLoop.current();
        Function<ReadFrom, CompletionStage<Served<Page<Listing>>>> read =
                node -> signaling.discover(node, topic.namespace(), topic.topic(), tag, null, limit);
        return read.apply(from)
                .thenComposeAsync(
                        first -> {
                            if (time.isZero() || !known.names(EntityTags.of(first.result()))) {
                                return CompletableFuture.completedStage(first);
                            }
                            HttpServerRequest request = client.request();
                            var subscriber = Subscriber.of(request, addresses, authenticator);
                            var poll = new Poll(
                                    sink -> feed.join(topic, null, subscriber, sink, loop),
                                    Timers.of(client.vertx()),
                                    loop,
                                    tag,
                                    limit,
                                    known,
                                    node -> authenticator.ifStillAdmitted(request, () -> read.apply(node)),
                                    from);
                            CompletionStage<Served<Page<Listing>>> reply = poll.start(time);
                            EventLoop.whenDone(client, poll::close);
                            return reply;
                        },
                        loop);
    }

    /**
     * One delayed reply. While the primary cannot be read it tries again: the reply when the time is up may come from a replica.
     */
    static final class Poll implements Sink {
        private final Function<Sink, Watch> join;
        private final Timers timers;
        private final Executor loop;
        private final @Nullable String tag;
        private final int limit;
        private final EntityTags known;
        private final Function<ReadFrom, CompletionStage<Served<Page<Listing>>>> read;
        private final ReadFrom from;
        private final CompletableFuture<Served<Page<Listing>>> reply = new CompletableFuture<>();
        private @Nullable Watch watch;
        private Runnable cancelTimer = () -> {};
        private boolean closed;

        /**
         * @param join joins the watchers of the topic
         * @param loop runs everything, and the timers
         * @param read reads the page; fails if the client's credential is no longer valid
         * @param from what the caller asked to read from
         */
        Poll(
                Function<Sink, Watch> join,
                Timers timers,
                Executor loop,
                @Nullable String tag,
                int limit,
                EntityTags known,
                Function<ReadFrom, CompletionStage<Served<Page<Listing>>>> read,
                ReadFrom from) {
            this.join = join;
            this.timers = timers;
            this.loop = loop;
            this.tag = tag;
            this.limit = limit;
            this.known = known;
            this.read = node -> Futures.attempt(() -> read.apply(node));
            this.from = from;
        }

        /** Begins to wait; fails where too many requests wait. */
        CompletionStage<Served<Page<Listing>>> start(Duration time) {
            join();
            cancelTimer = timers.after(time, this::replyAsWithoutWaiting);
            return reply;
        }

        private void join() {
            Watch joined = join.apply(this);
            watch = joined;
            joined.ready().whenComplete((ready, failure) -> {
                if (failure == null) {
                    joined.resume();
                } else {
                    retry(this::joinAgain);
                }
            });
        }

        private void joinAgain() {
            try {
                join();
            } catch (SignalingException refusal) { // too many wait by now, or the service stops
                replyAsWithoutWaiting();
            }
        }

        private void retry(Runnable task) {
            timers.after(TopicFeed.RETRY, () -> {
                if (!closed) {
                    task.run();
                }
            });
        }

        void close() {
            closed = true;
            cancelTimer.run();
            if (watch != null) {
                watch.close();
            }
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        /** The cursor of a page tells whether there are more sessions, and sessions with a tag may be among those. */
        @Override
        public boolean needsEveryList() {
            return true;
        }

        @Override
        public void deliver(Watch from, TopicList list, Changes changes) {
            if (tag != null && list.hasMore()) {
                readNewest(); // sessions with the tag may be missing in the list
            } else {
                Served<TaggedPage> page = list.page(tag, limit);
                replyIfNew(page.with(page.result().page()), page.result().tag());
            }
        }

        private void readNewest() {
            read.apply(ReadFrom.PRIMARY)
                    .whenCompleteAsync(
                            (page, failure) -> {
                                if (failure == null) {
                                    replyIfNew(page, EntityTags.of(page.result()));
                                } else if (Futures.cause(failure) instanceof CredentialEnded) {
                                    reply.completeExceptionally(failure);
                                } else {
                                    retry(this::readNewest);
                                }
                            },
                            loop);
        }

        private void replyIfNew(Served<Page<Listing>> page, String entityTag) {
            if (!known.names(entityTag)) {
                reply.complete(page);
            }
        }

        @Override
        public void ended(Watch from, End why) {
            replyAsWithoutWaiting();
        }

        private void replyAsWithoutWaiting() {
            read.apply(from).whenComplete((served, failure) -> {
                if (failure == null) {
                    reply.complete(served);
                } else {
                    reply.completeExceptionally(failure);
                }
            });
        }
    }
}
