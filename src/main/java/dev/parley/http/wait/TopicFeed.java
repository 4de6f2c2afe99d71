package dev.parley.http.wait;

import static java.util.Objects.requireNonNull;

import dev.parley.http.HttpConfig;
import dev.parley.http.wait.SessionFeed.End;
import dev.parley.http.wait.SessionFeed.Subscriber;
import dev.parley.http.wait.TopicList.Changes;
import dev.parley.session.Listing.Identified;
import dev.parley.session.SignalingException.Busy;
import dev.parley.session.SignalingException.TooManyWaits;
import dev.parley.session.TopicKey;
import dev.parley.signaling.Signaling;
import dev.parley.store.Futures;
import dev.parley.store.Served;
import dev.parley.waiting.WaitConfig;
import dev.parley.waiting.WaitRegistry;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The unanswered sessions of topics, as they change. A topic that is watched has one list on this node, however many watch it.
 *
 * <p>A list is read again after a commit that changes it, when the first of its sessions expires, when a watcher joins, and at a fixed interval, because a notification
 * between nodes may be lost; but never within 50 ms of the reading before, and at most 16 lists at once. It is always read from the primary.
 *
 * <p>A list has the newest sessions of its topic, at most {@code parley.limits.page}. A session that newer ones push out is not gone: nothing is
 * sent. If it is among the newest again, it is sent as opened again.
 */
@Singleton
public final class TopicFeed {
    static final Duration PAUSE = Duration.ofMillis(50);
    static final Duration RETRY = Duration.ofSeconds(1);

    /** All lists are due together when a node listens to the others again. More readings would keep out discovery, not be faster. */
    static final int READINGS_MAX = 16;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** Reads the newest sessions of a topic, newest first. */
    @FunctionalInterface
    interface Reader {
        CompletionStage<Served<List<Identified>>> read(TopicKey topic, int limit);
    }

    /** Runs tasks later, on no particular thread. */
    @FunctionalInterface
    interface Timers {
        /** Runs {@code task} once after {@code delay}, unless the returned task has run before. */
        Runnable after(Duration delay, Runnable task);

        static Timers of(Vertx vertx) {
            return (delay, task) -> {
                if (delay.isZero()) {
                    vertx.runOnContext(now -> task.run());
                    return () -> {};
                }
                long timer = vertx.setTimer(Math.max(1, delay.toMillis()), now -> task.run());
                return () -> vertx.cancelTimer(timer);
            };
        }
    }

    private final Reader reader;
    private final WaitRegistry registry;
    private final int perTopic;
    private final int size;
    private final InstantSource clock;
    private final Timers timers;
    private final ConcurrentHashMap<TopicKey, SharedList> lists = new ConcurrentHashMap<>();
    private final Queue<SharedList> due = new ConcurrentLinkedQueue<>();
    private final Semaphore readings = new Semaphore(READINGS_MAX);

    @Inject
    public TopicFeed(
            Signaling signaling,
            WaitRegistry registry,
            WaitConfig limits,
            HttpConfig http,
            InstantSource clock,
            Vertx vertx) {
        this(signaling::listed, registry, limits.perTopic(), http.pageMax(), clock, Timers.of(vertx));
    }

    /** @param size the maximum number of sessions in a list */
    TopicFeed(Reader reader, WaitRegistry registry, int perTopic, int size, InstantSource clock, Timers timers) {
        this.reader = reader;
        this.registry = registry;
        this.perTopic = perTopic;
        this.size = size;
        this.clock = clock;
        this.timers = timers;
    }

    /** Receives the list of a topic and its changes. All methods are called on the event loop on which it joined. */
    public interface Sink {
        /**
         * Sends {@code changes}: at first all sessions that are listed, possibly none, then what has changed since the call before.
         *
         * @param list the list with the changes
         * @param changes those of sessions with the tag of the watch
         */
        void deliver(Watch watch, TopicList list, Changes changes);

        /** Whether a list is delivered too if only its end has changed, so that no session is added or removed. */
        default boolean needsEveryList() {
            return false;
        }

        /** Whether more can be sent; if not, the sink calls {@link Watch#resume} when it can. Nothing is kept for it meanwhile. */
        boolean isWritable();

        /** Nothing more will be delivered. The sink still closes its watch. */
        void ended(Watch watch, End why);
    }

    /**
     * Registers {@code sink} as a watcher of the topic, on the caller's event loop.
     *
     * @param tag only sessions that carry it, or null
     * @throws TooManyWaits if the topic or the client has the maximum number of waiting requests
     * @throws Busy if this process has, or is stopping
     */
    public Watch join(TopicKey topic, @Nullable String tag, Subscriber subscriber, Sink sink) {
        return join(topic, tag, subscriber, sink, EventLoop.current());
    }

    /** @param loop runs the calls of the sink and completes the stage of the watch, one after another */
    Watch join(TopicKey topic, @Nullable String tag, Subscriber subscriber, Sink sink, Executor loop) {
        var watch = new Watch(tag, subscriber, sink, loop);
        SharedList list = lists.compute(topic, (same, others) -> {
            SharedList shared = others == null ? new SharedList(topic) : others;
            watch.join(shared);
            return shared;
        });
        if (list.watches.size() > perTopic) {
            watch.leave();
            throw new TooManyWaits(
                    "This topic has the maximum of " + perTopic + " waiting requests; retry later, or without waiting.",
                    RETRY_AFTER);
        }
        list.wake();
        return watch;
    }

    private void readDue() {
        while (!due.isEmpty() && readings.tryAcquire()) {
            SharedList next = due.poll();
            if (next == null || !next.read()) {
                readings.release();
            }
        }
    }

    private void readingEnded() {
        readings.release();
        if (!due.isEmpty()) {
            timers.after(Duration.ZERO, this::readDue); // not here: readings that fail at once would nest
        }
    }

    /** The number of topics that are watched. */
    int size() {
        return lists.size();
    }

    /** One watcher of a topic. */
    public final class Watch {
        private final @Nullable String tag;
        private final BooleanSupplier admitted;
        private final Sink sink;
        private final Executor loop;
        private final Runnable uncount;
        private final CompletableFuture<Watch> ready = new CompletableFuture<>();
        private final AtomicBoolean left = new AtomicBoolean();
        private @Nullable SharedList list;

        /** Whether the reading has ended that the watch waited for. */
        private volatile boolean read;

        private volatile boolean closed;

        /** What the sink has. Only {@link #loop} uses this field and the next ones. */
        private @Nullable TopicList sent;

        private boolean started;
        private @Nullable End end;

        private Watch(@Nullable String tag, Subscriber subscriber, Sink sink, Executor loop) {
            this.tag = tag;
            this.admitted = subscriber.admitted();
            this.sink = sink;
            this.loop = loop;
            this.uncount = registry.enter(subscriber.address(), () -> loop.execute(() -> end(End.STOPPING)));
        }

        private void join(SharedList shared) {
            list = shared;
            shared.watches.add(this);
            shared.joining.add(this);
        }

        private void read(@Nullable Throwable failure) {
            loop.execute(() -> {
                read = true;
                if (failure != null || closed) {
                    close();
                }
                if (failure == null) {
                    ready.complete(this);
                } else {
                    ready.completeExceptionally(failure);
                }
            });
        }

        public String topic() {
            return requireNonNull(list).topic.topic();
        }

        @Nullable
        String tag() {
            return tag;
        }

        /**
         * Completes with this watch, on its event loop, when a list was read that contains every commit before it joined; fails as that
         * read does, and is closed then. {@link #resume} delivers the list.
         */
        public CompletionStage<Watch> ready() {
            return ready;
        }

        /** {@code result} at the position of the list, for the head of a reply. */
        public <T> Served<T> at(T result) {
            return current().read().with(result);
        }

        /** Delivers what has changed, now and after each reading. The sink calls it to begin, and when it is writable again. */
        public void resume() {
            boolean first = !started;
            started = true;
            if (first && end != null && !closed) {
                sink.ended(this, end);
            }
            deliver();
        }

        private void deliver() {
            if (!started || isEnded()) {
                return;
            }
            TopicList now = current();
            if (!now.isSame(sent) && sink.isWritable() && checkCredential()) {
                Changes changes = now.since(sent).tagged(tag);
                boolean isNews = sent == null || !changes.isNone() || sink.needsEveryList();
                sent = now;
                if (isNews) {
                    sink.deliver(this, now, changes);
                }
            }
        }

        /** Whether the client's credential is still valid; ends the watch if not. */
        public boolean checkCredential() {
            if (!isEnded() && !admitted.getAsBoolean()) {
                end(End.CREDENTIAL_ENDED);
            }
            return !isEnded();
        }

        private void end(End why) {
            if (!isEnded()) {
                end = why;
                if (started) {
                    sink.ended(this, why);
                }
            }
        }

        private boolean isEnded() {
            return end != null || closed;
        }

        private TopicList current() {
            return requireNonNull(requireNonNull(list).current);
        }

        /** Ends the watch: the sink receives nothing more. {@link #ready} completes nevertheless. Further calls do nothing. */
        public void close() {
            closed = true;
            if (read) {
                leave();
            }
        }

        private void leave() {
            if (left.compareAndSet(false, true)) {
                uncount.run();
                lists.computeIfPresent(requireNonNull(list).topic, (topic, shared) -> shared.without(this));
            }
        }
    }

    /** The list of one topic, its watchers, and what makes it read again. */
    private final class SharedList {
        private final TopicKey topic;
        private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

        /** Watchers that have joined since the last reading began. */
        private final Queue<Watch> joining = new ConcurrentLinkedQueue<>();

        /** Wake-ups since the last reading began; not 0 until the pause after it is over. The one that makes it 1 starts a reading. */
        private final AtomicInteger wakes = new AtomicInteger();

        private volatile @Nullable TopicList current;
        private Runnable cancelTimer = () -> {};
        private boolean closed;

        private SharedList(TopicKey topic) {
            this.topic = topic;
            registry.listen(topic, this::wake);
        }

        /** Schedules a reading; cheap for the caller. */
        private void wake() {
            if (wakes.getAndIncrement() == 0) {
                timers.after(Duration.ZERO, this::readWhenDue);
            }
        }

        private void readWhenDue() {
            due.add(this);
            readDue();
        }

        /** Begins a reading; false if nobody watches any more. */
        private boolean read() {
            if (watches.isEmpty()) {
                return false;
            }
            int answered = wakes.get();
            var first = new ArrayList<Watch>();
            for (Watch one = joining.poll(); one != null; one = joining.poll()) {
                first.add(one);
            }
            Futures.attempt(() -> reader.read(topic, size + 1)).whenComplete((served, failure) -> {
                try {
                    if (failure == null) {
                        publish(TopicList.of(current, served, size));
                    }
                    first.forEach(one -> one.read(failure));
                } finally {
                    // Not before: the next reading would overtake this one if its thread is suspended for longer.
                    timers.after(failure == null ? PAUSE : RETRY, () -> readAgain(failure != null, answered));
                    readingEnded();
                }
            });
            return true;
        }

        /** The reading may have begun before the commit of a later wake-up. A failed one is repeated. */
        private void readAgain(boolean failed, int answered) {
            if (failed || !wakes.compareAndSet(answered, 0)) {
                readWhenDue();
            }
        }

        private void publish(TopicList read) {
            boolean changed = !read.isSame(current);
            current = read;
            wakeLater(read.firstExpiry());
            if (changed) {
                watches.forEach(one -> one.loop.execute(one::deliver));
            }
        }

        /** Neither expiry nor a lost notification wakes the list. */
        private synchronized void wakeLater(Instant expiry) {
            cancelTimer.run();
            if (!closed) {
                Duration untilExpiry = Duration.between(clock.instant(), expiry);
                Duration recheck = registry.recheck();
                cancelTimer = timers.after(untilExpiry.compareTo(recheck) < 0 ? untilExpiry : recheck, this::wake);
            }
        }

        /** This list; null, and closed, if {@code watch} was the last one. */
        private @Nullable SharedList without(Watch watch) {
            watches.remove(watch);
            if (!watches.isEmpty()) {
                return this;
            }
            registry.unlisten(topic);
            synchronized (this) {
                closed = true;
                cancelTimer.run();
            }
            return null;
        }
    }
}
