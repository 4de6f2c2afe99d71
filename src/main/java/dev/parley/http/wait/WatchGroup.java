package dev.parley.http.wait;

import static java.util.Objects.requireNonNull;

import dev.parley.http.Bookmarks;
import dev.parley.http.Caller;
import dev.parley.http.EntityTags;
import dev.parley.http.ErrorReply;
import dev.parley.http.Views.MessageView;
import dev.parley.http.access.Authenticator.CredentialEnded;
import dev.parley.http.access.ClientLimits;
import dev.parley.http.wait.SessionFeed.End;
import dev.parley.http.wait.SessionFeed.Subscriber;
import dev.parley.http.wait.SessionFeed.Watched;
import dev.parley.http.wait.TopicFeed.Watch;
import dev.parley.http.wait.TopicList.Changes;
import dev.parley.http.wait.TopicList.TaggedPage;
import dev.parley.session.Code;
import dev.parley.session.Event.Events;
import dev.parley.session.Listing;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.session.TopicKey;
import dev.parley.signaling.Signaling;
import dev.parley.store.Futures;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.waiting.EventBatch;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.IntConsumer;
import org.jboss.resteasy.reactive.RestResponse.Status;
import org.jspecify.annotations.Nullable;

/**
 * The sessions and topics that one request watches. The end of one is a message and leaves the others as they are. Everything runs on
 * the request's event loop.
 */
public final class WatchGroup implements SessionFeed.Sink, TopicFeed.Sink {
    static final String PATH = "/api/v1/events";

    /**
     * A session, or with {@code code} null a topic.
     *
     * @param after the number of the last event that the client has
     * @param known the entity tags of the session to which {@code after} belongs, or of the list that the client has
     */
    public record Target(
            @Nullable String code,
            long after,
            EntityTags known,
            @Nullable String topic,
            @Nullable String tag) {}

    /** What a group writes to. */
    interface Receiver {
        /** The events of {@code batch}, of which there is at least one. */
        void receive(String code, EventBatch batch);

        void receive(MessageView message);

        boolean isWritable();

        /** Nothing more will be received. */
        void ended(End why);
    }

    /** What groups need of the service. */
    record Services(Signaling signaling, SessionFeeds feeds, TopicFeed topics, ClientLimits limits, int pageMax) {}

    private final Services services;
    private final Caller caller;
    private final Subscriber subscriber;
    private final EventLoop loop = EventLoop.current();

    /** The sessions that were found, until the group begins. */
    private final List<Found> found = new ArrayList<>();

    private final List<SessionFeed> sessions = new ArrayList<>();
    private final Map<Watch, Target> topics = new LinkedHashMap<>();
    private final List<Refusal> refusals = new ArrayList<>();
    private int eventsLeft;
    private @Nullable ErrorReply fault;
    private @Nullable Served<?> position;
    private @Nullable Receiver receiver;
    private boolean whole;
    private boolean begun;
    private boolean closed;

    /** @param feed null if the session is not followed */
    private record Found(@Nullable SessionFeed feed, Watched session) {}

    /** A session or topic that cannot be watched. */
    private record Refusal(@Nullable String code, @Nullable String topic, Throwable failure) {
        private boolean isNotFound() {
            return Futures.cause(failure) instanceof SessionNotFound;
        }
    }

    WatchGroup(Services services, Caller caller, Subscriber subscriber) {
        this.services = services;
        this.caller = caller;
        this.subscriber = subscriber;
    }

    /** The address of the client. */
    String address() {
        return requireNonNull(subscriber.address());
    }

    /**
     * Looks the sessions up, one after another, so that each failed lookup counts before the next one; and reads the topics. Fails only
     * if nothing can be watched, and for another reason than that there is no such session.
     *
     * @param eventsMax maximum events to read; the feeds of sessions read the others
     * @param follows whether sessions are followed, or only their events are delivered that are there
     */
    CompletionStage<WatchGroup> open(List<Target> targets, int eventsMax, boolean follows) {
        eventsLeft = eventsMax;
        ReadFrom from = caller.readFrom();
        var all = new ArrayList<CompletableFuture<WatchGroup>>();
        CompletionStage<WatchGroup> lookups = CompletableFuture.completedStage(this);
        for (Target target : targets) {
            String code = target.code();
            if (code == null) {
                all.add(join(target).toCompletableFuture());
            } else {
                lookups = lookups.thenCompose(former -> find(target, code, from, follows));
            }
        }
        all.add(lookups.toCompletableFuture());
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .thenApplyAsync(
                        done -> {
                            if (found.isEmpty() && topics.isEmpty()) {
                                refuseAll();
                            }
                            return this;
                        },
                        loop);
    }

    private void refuseAll() {
        for (Refusal refusal : refusals) {
            if (!refusal.isNotFound()) {
                throw refusal.failure() instanceof CompletionException known
                        ? known
                        : new CompletionException(refusal.failure());
            }
        }
    }

    private CompletionStage<WatchGroup> find(Target target, String code, ReadFrom from, boolean follows) {
        if (closed) {
            return CompletableFuture.completedStage(this);
        }
        try {
            if (!Code.isUnreserved(code)) {
                throw new SessionNotFound();
            }
            var key = new SessionKey(caller.namespace(), new Code(code));
            IntConsumer lookup = services.limits.checkLookup(address(), key);
            SessionFeed feed = follows ? services.feeds.open(subscriber, key, this) : null;
            if (feed != null) {
                sessions.add(feed);
            }
            return Futures.attempt(() -> read(key, from, target))
                    .handleAsync(
                            (session, failure) -> {
                                if (failure == null) {
                                    found(feed, session);
                                    lookup.accept(200);
                                } else {
                                    close(feed);
                                    refuse(code, null, failure);
                                    // Any other status reveals nothing, either.
                                    lookup.accept(Futures.cause(failure) instanceof SessionNotFound ? 404 : 503);
                                }
                                return this;
                            },
                            loop);
        } catch (SignalingException e) {
            refuse(code, null, e);
            return CompletableFuture.completedStage(this);
        }
    }

    /** The session with its events after those that the client has; if these belong to another session, it has none. */
    private CompletionStage<Watched> read(SessionKey key, ReadFrom from, Target target) {
        return read(key, from, target.after()).thenCompose(first -> {
            long incarnation = first.result().incarnation();
            boolean same = target.after() == 0
                    || target.known().isNone()
                    || target.known().names(incarnation);
            return same || eventsLeft == 0
                    ? CompletableFuture.completedStage(new Watched(key, incarnation, same ? target.after() : 0, first))
                    : read(key, from, 0)
                            .thenApply(anew -> new Watched(key, anew.result().incarnation(), 0, anew));
        });
    }

    private CompletionStage<Served<Events>> read(SessionKey key, ReadFrom from, long after) {
        return services.signaling.events(from, key, after, Math.max(1, eventsLeft));
    }

    private void found(@Nullable SessionFeed feed, Watched session) {
        Served<Events> first = requireNonNull(session.first());
        advance(first);
        boolean kept = eventsLeft > 0;
        eventsLeft -= kept ? first.result().list().size() : 0;
        found.add(new Found(
                feed, kept ? session : new Watched(session.key(), session.incarnation(), session.after(), null)));
    }

    private void close(@Nullable SessionFeed feed) {
        if (feed != null) {
            feed.close();
            sessions.remove(feed);
        }
    }

    private CompletionStage<WatchGroup> join(Target target) {
        if (closed) {
            return CompletableFuture.completedStage(this);
        }
        String topic = requireNonNull(target.topic());
        try {
            Watch watch = services.topics.join(new TopicKey(caller.namespace(), topic), target.tag(), subscriber, this);
            topics.put(watch, target);
            return watch.ready().handle((ready, failure) -> {
                if (failure == null) {
                    advance(watch.at(topic));
                } else {
                    topics.remove(watch);
                    refuse(null, topic, failure);
                }
                return this;
            });
        } catch (SignalingException e) {
            refuse(null, topic, e);
            return CompletableFuture.completedStage(this);
        }
    }

    private void refuse(@Nullable String code, @Nullable String topic, Throwable failure) {
        var refusal = new Refusal(code, topic, failure);
        if (receiver == null) {
            refusals.add(refusal);
        } else {
            receiver.receive(message(refusal));
        }
    }

    private MessageView message(Refusal refusal) {
        return MessageView.refused(
                refusal.code(),
                refusal.topic(),
                Futures.cause(refusal.failure()) instanceof SignalingException known
                        ? ErrorReply.of(PATH, known)
                        : faultOf(refusal.failure()));
    }

    /** One for the group: its watches mostly fail together, and each would be logged. */
    private ErrorReply faultOf(Throwable failure) {
        if (fault == null) {
            fault = ErrorReply.fault(PATH, failure);
        }
        return fault;
    }

    /** The position of the group is that of its newest read: bookmarks of one history sort as strings. */
    private void advance(Served<?> read) {
        Served<?> former = position;
        Served<?> newest = former == null || former.bookmark().compareTo(read.bookmark()) <= 0 ? read : former;
        boolean reset = read.reset() || (former != null && former.reset());
        position = new Served<>(PATH, newest.bookmark(), newest.node(), reset); // the result is not kept
    }

    /**
     * Delivers what is there, and what follows if the group was opened so.
     *
     * @param whole whether a topic is delivered as its whole list, instead of its changes, unless the client has it
     */
    void begin(Receiver to, boolean whole) {
        if (closed) {
            return;
        }
        receiver = to;
        this.whole = whole;
        refusals.forEach(refusal -> to.receive(message(refusal)));
        refusals.clear();
        for (Found one : found) {
            Watched session = one.session;
            Served<Events> first = session.first();
            if (one.feed != null) {
                one.feed.start(session.incarnation(), session.after(), first);
            } else if (first != null && !first.result().list().isEmpty()) {
                to.receive(session.key().code().text(), new EventBatch(first));
            }
        }
        found.clear();
        List.copyOf(topics.keySet()).forEach(Watch::resume);
        begun = true;
        endIfEmpty();
    }

    /** Delivers what could not be delivered, after the receiver was not writable. */
    void resume() {
        List.copyOf(sessions).forEach(SessionFeed::resume);
        List.copyOf(topics.keySet()).forEach(Watch::resume);
    }

    void close() {
        closed = true;
        sessions.forEach(SessionFeed::close);
        topics.keySet().forEach(Watch::close);
    }

    /** Whether the client's credential is still valid; if not, the group ends. */
    boolean checkCredential() {
        boolean valid = subscriber.admitted().getAsBoolean();
        if (!valid) {
            end(End.CREDENTIAL_ENDED);
        }
        return valid;
    }

    /** @throws CredentialEnded if the client's credential is no longer valid */
    void requireCredential() {
        if (!subscriber.admitted().getAsBoolean()) {
            throw new CredentialEnded();
        }
    }

    /** Sets the head of the reply. */
    void setHead() {
        if (position != null) {
            caller.setHead(Status.OK, position);
        }
        caller.response().putHeader(HttpHeaders.CACHE_CONTROL, Bookmarks.NO_STORE);
    }

    @Override
    public boolean isWritable() {
        return requireNonNull(receiver).isWritable();
    }

    @Override
    public void deliver(SessionFeed feed, EventBatch batch) {
        advance(batch.served());
        requireNonNull(receiver).receive(feed.code(), batch);
    }

    @Override
    public void deliver(Watch watch, TopicList list, Changes changes) {
        advance(list.read());
        Receiver to = requireNonNull(receiver);
        if (!whole) {
            List<Code> gone = changes.gone().stream().map(Listing::code).toList();
            to.receive(MessageView.sessions(watch.topic(), changes.opened(), gone, null, changes.bookmark()));
            return;
        }
        Served<TaggedPage> page = list.page(watch.tag(), services.pageMax);
        String tag = page.result().tag();
        if (!requireNonNull(topics.get(watch)).known().names(tag)) {
            var opened = new ArrayList<>(page.result().page().items());
            Collections.reverse(opened);
            to.receive(MessageView.sessions(watch.topic(), opened, List.of(), tag, page.bookmark()));
        }
    }

    @Override
    public void ended(SessionFeed feed, End why) {
        close(feed);
        if (why == End.FAILED) {
            refuse(feed.code(), null, new IllegalStateException("A watch failed"));
        } else if (why == End.GONE) {
            refuse(feed.code(), null, new SessionNotFound());
        }
        end(why);
    }

    @Override
    public void ended(Watch watch, End why) {
        watch.close();
        topics.remove(watch);
        end(why);
    }

    private void end(End why) {
        if (why != End.CREDENTIAL_ENDED && why != End.STOPPING) {
            endIfEmpty();
        } else if (!closed) {
            close();
            requireNonNull(receiver).ended(why);
        }
    }

    private void endIfEmpty() {
        if (begun && !closed && sessions.isEmpty() && topics.isEmpty()) {
            close();
            requireNonNull(receiver).ended(End.GONE);
        }
    }
}
