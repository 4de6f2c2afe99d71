package dev.parley.http.wait;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.CampaignSize;
import dev.parley.TestSeed;
import dev.parley.http.wait.SessionFeed.End;
import dev.parley.http.wait.SessionFeed.Sink;
import dev.parley.http.wait.SessionFeed.Subscriber;
import dev.parley.session.Code;
import dev.parley.session.Event;
import dev.parley.session.Event.Closed;
import dev.parley.session.Event.EndOfCandidates;
import dev.parley.session.Event.Events;
import dev.parley.session.Namespace;
import dev.parley.session.SessionKey;
import dev.parley.session.Side;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.Node;
import dev.parley.store.Served;
import dev.parley.waiting.EventBatch;
import dev.parley.waiting.NodeNotifications;
import dev.parley.waiting.TestWaitRegistries;
import dev.parley.waiting.WaitRegistry;
import io.vertx.core.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A feed delivers each event once and in order, whatever happens to the commits that it is handed; it reads only after a gap. */
@Timeout(120)
class SessionFeedTest {
    private static final int ROUNDS = CampaignSize.of("parley.races", 50) * 10;
    private static final SessionKey KEY = new SessionKey(Namespace.UNKNOWN, new Code("code"));
    private static final int PAGE = 4;
    private static final long INCARNATION = 7;

    private final WaitRegistry registry = TestWaitRegistries.among(NodeNotifications.NONE);
    private final Context loop = TestWaitRegistries.newLoop();
    private final StoredEvents store = new StoredEvents();
    private final List<SessionFeed> feeds = new ArrayList<>();
    private volatile boolean admitted = true;

    @AfterEach
    void nothingRemains() {
        feeds.forEach(SessionFeed::close);
        assertThat(registry.size()).isZero();
    }

    @Test
    void commitsInOrderAreDeliveredWithoutARead() {
        RecordingSink sink = followed();
        push(store.append(2));
        push(store.append(1));

        sink.awaitEvents(3);
        assertThat(store.reads).as("the read at the start").hasValue(1);
        assertThat(sink.bookmarks).containsExactly("2", "3");
    }

    @Test
    void nothingIsReadAtTheStartIfTheEventsAndAllLaterCommitsAreKnown() {
        RecordingSink sink = opened();
        Served<Events> known = store.append(2);
        push(known);
        push(store.append(1));
        settle();
        start(sink, 0, known);
        push(store.append(1));

        sink.awaitEvents(4);
        assertThat(store.reads).hasValue(0);
    }

    @Test
    void whatAReplicaDidNotHaveIsRead() {
        RecordingSink sink = opened();
        var behind = new Node("replica", "region", false);
        Served<Events> known = store.append(1);
        store.append(1);
        start(sink, 0, new Served<>(known.result(), known.bookmark(), behind, false));

        sink.awaitEvents(2);
        assertThat(store.reads).hasValue(1);
    }

    @Test
    void aCommitBeforeTheStartThatDoesNotContinueTheEventsIsRead() {
        RecordingSink sink = opened();
        Served<Events> known = store.append(1);
        store.append(1);
        push(store.append(1));
        settle();
        start(sink, 0, known);

        sink.awaitEvents(3);
        assertThat(store.reads).hasValue(1);
    }

    @Test
    void aNotificationBeforeTheStartIsRead() {
        RecordingSink sink = opened();
        Served<Events> known = store.append(1);
        store.append(1);
        registry.committed(KEY);
        settle();
        start(sink, 0, known);

        sink.awaitEvents(2);
        assertThat(store.reads).hasValue(1);
    }

    @Test
    void moreCommitsBeforeTheStartThanAreKeptAreRead() {
        RecordingSink sink = opened();
        Served<Events> known = store.append(1);
        for (int i = 0; i < 40; i++) {
            push(store.append(1));
            settle();
        }
        start(sink, 0, known);

        sink.awaitEvents(41);
        assertThat(store.reads).hasValueGreaterThan(0);
    }

    @Test
    void aLostCommitIsReadWithTheNextOne() {
        RecordingSink sink = followed();
        store.append(2);
        push(store.append(1));

        sink.awaitEvents(3);
        assertThat(store.reads).hasValue(2);
    }

    @Test
    void aRepeatedCommitIsIgnored() {
        RecordingSink sink = followed();
        Served<Events> first = store.append(2);
        push(first);
        push(first);
        push(store.append(1));
        push(first);
        push(store.append(1));

        sink.awaitEvents(4);
        assertThat(store.reads).hasValue(1);
    }

    @Test
    void commitsInAnotherOrderAreReadOnce() {
        RecordingSink sink = followed();
        Served<Events> first = store.append(1);
        push(store.append(1));
        push(first);
        push(store.append(1));

        sink.awaitEvents(3);
        assertThat(store.reads).hasValue(2);
    }

    @Test
    void moreThanAPageIsReadCompletely() {
        store.append(3 * PAGE + 1);

        followed().awaitEvents(3 * PAGE + 1);
    }

    @Test
    void aChangeOfTheExpiryNeedsNoRead() {
        RecordingSink sink = followed();
        push(store.served(List.of()));
        push(store.append(1));

        sink.awaitEvents(1);
        assertThat(store.reads).hasValue(1);
    }

    @Test
    void aRepeatedRequestBringsTheEventsOfALostCommit() {
        RecordingSink sink = followed();
        store.append(2);
        push(store.served(List.of()));

        sink.awaitEvents(2);
    }

    @Test
    void closedIsTheLastEvent() {
        RecordingSink sink = followed();
        push(store.close());

        await().until(() -> sink.ends.equals(List.of(End.CLOSED)));
        assertThat(sink.received).containsExactly(1L);
        push(store.served(List.of(event(2))));
        settle();
        assertThat(sink.received).containsExactly(1L);
    }

    @Test
    void closedEndsTheFeedOfAClientThatKnowsLaterEvents() {
        RecordingSink sink = followed(9);
        push(store.close());

        await().until(() -> sink.ends.equals(List.of(End.GONE)));
        assertThat(sink.received).isEmpty();
    }

    @Test
    void anotherSessionWithTheCodeEndsTheFeed() {
        RecordingSink sink = followed();
        store.expired = true;
        push(new Served<>(new Events(List.of(event(1)), INCARNATION + 1, Instant.MAX), "1", node(), false));

        await().until(() -> sink.ends.equals(List.of(End.GONE)));
        assertThat(sink.received).isEmpty();
    }

    @Test
    void nothingIsDeliveredWhileTheSinkIsNotWritable() {
        RecordingSink sink = followed();
        sink.setWritable(false);
        push(store.append(1));
        push(store.append(2));
        registry.committed(KEY);
        settle();
        assertThat(sink.received).isEmpty();
        int reads = store.reads.get();
        sink.setWritable(true);

        sink.awaitEvents(3);
        assertThat(store.reads).hasValue(reads + 1);
    }

    @Test
    void anEndedCredentialEndsTheFeed() {
        RecordingSink sink = followed();
        admitted = false;
        push(store.append(1));

        await().until(() -> sink.ends.equals(List.of(End.CREDENTIAL_ENDED)));
        assertThat(sink.received).isEmpty();
    }

    @Test
    void anUnavailableStoreIsReadAgainAndAnotherFailureEndsTheFeed() {
        RecordingSink sink = followed();
        store.failure = new StoreUnavailable("Not now.", Duration.ofSeconds(1));
        registry.committed(KEY);
        settle();
        store.failure = null;
        store.append(1);
        registry.committed(KEY);
        sink.awaitEvents(1);

        store.failure = new IllegalStateException("a bug");
        registry.committed(KEY);
        await().until(() -> sink.ends.equals(List.of(End.FAILED)));
    }

    @Test
    void whateverHappensToCommitsEachEventIsDeliveredOnceAndEncodedOnce() {
        TestSeed seed = TestSeed.of(getClass());
        for (int round = 0; round < ROUNDS; round++) {
            deliverAll(seed.round(round).random());
            feeds.forEach(SessionFeed::close);
            store.clear();
        }
    }

    /** Commits are lost, repeated, reordered and handed over while a read runs; a recheck at the end finds the last ones. */
    private void deliverAll(Random random) {
        RecordingSink one = followed();
        RecordingSink two = followed();
        store.slow = random.nextBoolean();
        var delayed = new ArrayList<Served<Events>>();
        int commits = 1 + random.nextInt(12);
        for (int i = 0; i < commits; i++) {
            Served<Events> commit = store.append(1 + random.nextInt(PAGE + 1));
            switch (random.nextInt(6)) {
                case 0 -> {}
                case 1 -> {
                    push(commit);
                    push(commit);
                }
                case 2 -> delayed.add(commit);
                default -> push(commit);
            }
            if (random.nextInt(4) == 0) {
                one.setWritable(!one.writable);
            }
            if (random.nextBoolean()) {
                Collections.shuffle(delayed, random);
                delayed.forEach(this::push);
                delayed.clear();
            }
        }
        one.setWritable(true);
        registry.committed(KEY);
        one.awaitEvents(store.size());
        two.awaitEvents(store.size());
    }

    private RecordingSink followed() {
        return followed(0);
    }

    private RecordingSink followed(long after) {
        RecordingSink sink = opened();
        int reads = store.reads.get();
        start(sink, after, null);
        await().until(() -> store.reads.get() > reads);
        settle();
        return sink;
    }

    private RecordingSink opened() {
        var sink = new RecordingSink();
        SessionFeed feed = TestWaitRegistries.onLoop(
                loop,
                () -> new SessionFeed(
                        registry,
                        KEY,
                        (incarnation, seq) -> store.after(seq),
                        PAGE,
                        new Subscriber("client", () -> admitted),
                        sink));
        sink.feed = feed;
        feeds.add(feed);
        return sink;
    }

    private void start(RecordingSink sink, long after, @Nullable Served<Events> first) {
        TestWaitRegistries.onLoop(loop, () -> {
            Objects.requireNonNull(sink.feed).start(INCARNATION, after, first);
            return true;
        });
    }

    private void push(Served<Events> commit) {
        List<Event> events = commit.result().list();
        push(events.isEmpty() ? store.size() : events.get(events.size() - 1).seq(), commit);
    }

    /** @param seq the number of the session's last event after the commit */
    private void push(long seq, Served<Events> commit) {
        registry.committed(KEY, seq, commit);
    }

    private static ConditionFactory await() {
        return Awaitility.await().pollInterval(Duration.ofMillis(1));
    }

    /** Returns when the steps that are scheduled now, and those that they schedule, have run. */
    private void settle() {
        for (int i = 0; i < 3; i++) {
            TestWaitRegistries.onLoop(loop, () -> true);
        }
    }

    private static Event event(long seq) {
        return new EndOfCandidates(seq, Side.OFFERER, 1);
    }

    private static Node node() {
        return new Node("node", "region", true);
    }

    /** The events of one session, and the number of reads. */
    private static final class StoredEvents {
        private final List<Event> events = new ArrayList<>();
        private final AtomicInteger reads = new AtomicInteger();
        private volatile boolean slow;
        private volatile boolean expired;
        private volatile @Nullable RuntimeException failure;

        synchronized Served<Events> append(int count) {
            List<Event> appended = LongStream.rangeClosed(events.size() + 1, events.size() + count)
                    .mapToObj(SessionFeedTest::event)
                    .toList();
            events.addAll(appended);
            return served(appended);
        }

        synchronized Served<Events> close() {
            var closed = new Closed(events.size() + 1, 1);
            events.add(closed);
            return served(List.of(closed));
        }

        synchronized Served<Events> served(List<Event> some) {
            return new Served<>(
                    new Events(some, INCARNATION, Instant.MAX), Integer.toString(events.size()), node(), false);
        }

        CompletionStage<Served<Events>> after(long seq) {
            reads.incrementAndGet();
            return slow
                    ? CompletableFuture.supplyAsync(() -> read(seq))
                    : CompletableFuture.completedFuture(seq).thenApply(this::read);
        }

        private synchronized Served<Events> read(long seq) {
            RuntimeException thrown = failure;
            if (thrown != null) {
                throw thrown;
            }
            boolean closed = !events.isEmpty() && events.get(events.size() - 1) instanceof Closed;
            if (expired || (closed && seq >= events.size())) {
                throw new SessionNotFound();
            }
            return served(events.stream()
                    .filter(event -> event.seq() > seq)
                    .limit(PAGE)
                    .toList());
        }

        synchronized int size() {
            return events.size();
        }

        synchronized void clear() {
            events.clear();
        }
    }

    private final class RecordingSink implements Sink {
        private final List<Long> received = new CopyOnWriteArrayList<>();
        private final List<String> bookmarks = new CopyOnWriteArrayList<>();
        private final List<End> ends = new CopyOnWriteArrayList<>();
        private volatile boolean writable = true;
        private @Nullable SessionFeed feed;

        @Override
        public void deliver(SessionFeed from, EventBatch batch) {
            batch.events().forEach(event -> received.add(event.seq()));
            bookmarks.add(batch.served().bookmark());
        }

        @Override
        public boolean isWritable() {
            return writable;
        }

        @Override
        public void ended(SessionFeed from, End why) {
            ends.add(why);
        }

        void setWritable(boolean now) {
            writable = now;
            TestWaitRegistries.onLoop(loop, () -> {
                if (now && feed != null) {
                    feed.resume();
                }
                return true;
            });
        }

        void awaitEvents(int count) {
            await().until(() -> received.size() >= count);
            settle();
            assertThat(received)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, count).boxed().toList());
        }
    }
}
