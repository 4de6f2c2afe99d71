package dev.parley.http.wait;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.TestSeed;
import dev.parley.contract.MovableClock;
import dev.parley.http.wait.SessionFeed.End;
import dev.parley.http.wait.SessionFeed.Subscriber;
import dev.parley.http.wait.TopicFeed.Sink;
import dev.parley.http.wait.TopicFeed.Watch;
import dev.parley.http.wait.TopicList.Changes;
import dev.parley.session.Code;
import dev.parley.session.Listing;
import dev.parley.session.Listing.Identified;
import dev.parley.session.Namespace;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.session.SignalingException.TooManyWaits;
import dev.parley.session.TopicKey;
import dev.parley.store.Futures;
import dev.parley.store.Node;
import dev.parley.store.Served;
import dev.parley.waiting.NodeNotifications;
import dev.parley.waiting.TestWaitRegistries;
import dev.parley.waiting.WaitRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One list per topic, however many watch it: what is read when, and what each watcher receives. The time moves by hand. */
class TopicFeedTest {
    private static final TopicKey CHESS = new TopicKey(Namespace.UNKNOWN, "chess");
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final Duration RECHECK = Duration.ofHours(1);
    private static final int SIZE = 4;
    private static final int PER_TOPIC = 1_000;

    private final MovableClock clock = new MovableClock();
    private final ManualTimers timers = new ManualTimers();
    private final WaitRegistry registry = TestWaitRegistries.among(NodeNotifications.NONE, clock);
    private final Store store = new Store();
    private final TopicFeed feed = new TopicFeed(store::read, registry, PER_TOPIC, SIZE, clock, timers);

    /** The sessions of one topic. */
    private final class Store {
        private final TreeMap<Long, Identified> sessions = new TreeMap<>(Comparator.reverseOrder());
        private long next = 1;
        private long commits;
        private int reads;
        private boolean held;
        private boolean broken;
        private boolean throwing;
        private final List<Runnable> replies = new ArrayList<>();

        CompletionStage<Served<List<Identified>>> read(TopicKey topic, int limit) {
            reads++;
            var unavailable = new StoreUnavailable("Not now.", Duration.ofSeconds(1));
            if (throwing) {
                throw unavailable;
            }
            if (broken) {
                return CompletableFuture.failedStage(unavailable);
            }
            List<Identified> found = live().stream().limit(limit).toList();
            var served = new Served<>(found, "%04d".formatted(commits), new Node("here", "", true), false);
            var reply = new CompletableFuture<Served<List<Identified>>>();
            replies.add(() -> reply.complete(served));
            if (!held) {
                release();
            }
            return reply;
        }

        void release() {
            var due = List.copyOf(replies);
            replies.clear();
            due.forEach(Runnable::run);
        }

        List<Identified> live() {
            return sessions.values().stream()
                    .filter(one -> one.listing().expiresAt().isAfter(clock.instant()))
                    .toList();
        }

        boolean isFree(String code) {
            return live().stream().noneMatch(one -> one.listing().code().text().equals(code));
        }

        long open(String code, String... tags) {
            return open(code, TTL, tags);
        }

        long open(String code, Duration ttl, String... tags) {
            Instant now = clock.instant();
            long id = next++;
            var listing = new Listing(new Code(code), "chess", null, List.of(tags), now, now.plus(ttl));
            sessions.put(id, new Identified(id, id, listing));
            commits++;
            return id;
        }

        void end(long id) {
            sessions.remove(id);
            commits++;
        }

        void extend(long id, Duration ttl) {
            Identified one = Objects.requireNonNull(sessions.get(id));
            Listing old = one.listing();
            sessions.put(
                    id,
                    new Identified(
                            id,
                            one.incarnation(),
                            new Listing(
                                    old.code(),
                                    old.topic(),
                                    old.peerId(),
                                    old.tags(),
                                    old.createdAt(),
                                    clock.instant().plus(ttl))));
            commits++;
        }
    }

    /** A watcher that keeps what it receives, and what a client would show. */
    private final class Watcher implements Sink {
        private final List<String> received = new ArrayList<>();
        private final Map<Code, Listing> view = new LinkedHashMap<>();
        private boolean writable = true;
        private boolean admitted = true;
        private @Nullable End end;
        private String bookmark = "";
        private final Watch watch;

        Watcher() {
            this("client");
        }

        Watcher(String client) {
            this(feed, client);
        }

        Watcher(TopicFeed topics, String client) {
            watch = topics.join(CHESS, null, new Subscriber(client, () -> admitted), this, Runnable::run);
            watch.ready().thenAccept(Watch::resume);
        }

        @Override
        public boolean isWritable() {
            return writable;
        }

        @Override
        public void deliver(Watch from, TopicList list, Changes changes) {
            changes.gone().forEach(listing -> {
                received.add("-" + listing.code());
                assertThat(view.remove(listing.code()))
                        .as("gone, and was there")
                        .isNotNull();
            });
            changes.opened().forEach(listing -> {
                received.add("+" + listing.code());
                Listing before = view.put(listing.code(), listing);
                assertThat(listing).as("opened again only if extended").isNotEqualTo(before);
            });
            if (changes.isNone()) {
                received.add("nothing");
            }
            assertThat(changes.bookmark()).isGreaterThanOrEqualTo(bookmark);
            bookmark = changes.bookmark();
        }

        @Override
        public void ended(Watch from, End why) {
            assertThat(end).isNull();
            end = why;
            leave();
        }

        void leave() {
            watch.close();
        }

        List<String> take() {
            List<String> taken = List.copyOf(received);
            received.clear();
            return taken;
        }
    }

    private void committed() {
        registry.committed(CHESS);
        timers.run();
    }

    private Watcher joined() {
        var watcher = new Watcher();
        timers.run();
        return watcher;
    }

    private void pause() {
        timers.advance(TopicFeed.PAUSE);
    }

    @Test
    void aWatcherReceivesTheListAndThenItsChanges() {
        long first = store.open("a");
        store.open("b");
        Watcher watcher = joined();
        assertThat(watcher.take()).as("in the order in which they were opened").containsExactly("+a", "+b");

        pause();
        store.open("c");
        store.end(first);
        committed();
        assertThat(watcher.take()).containsExactly("-a", "+c");
        assertThat(watcher.bookmark).isEqualTo("0004");
    }

    @Test
    void anEmptyListIsSentToo() {
        assertThat(joined().take()).containsExactly("nothing");
    }

    @Test
    void aReadingThatFindsNothingNewIsNotSent() {
        store.open("a");
        Watcher watcher = joined();
        watcher.take();
        pause();
        committed();

        assertThat(store.reads).isEqualTo(2);
        assertThat(watcher.take()).isEmpty();
    }

    @Test
    void manyCommitsWithinFiftyMillisecondsAreOneReading() {
        Watcher watcher = joined();
        for (int i = 0; i < 49; i++) {
            timers.advance(Duration.ofMillis(1));
            store.open("s" + i);
            committed();
        }
        assertThat(store.reads).isEqualTo(1);
        timers.advance(Duration.ofMillis(1));
        assertThat(store.reads).isEqualTo(2);
        assertThat(watcher.view).hasSize(SIZE);

        timers.advance(Duration.ofMinutes(1));
        assertThat(store.reads).as("without a commit").isEqualTo(2);
        committed();
        assertThat(store.reads).as("a commit after a pause is read at once").isEqualTo(3);
    }

    @Test
    void aCommitDuringAReadingIsReadAgain() {
        Watcher watcher = joined();
        pause();
        store.held = true;
        committed();
        store.open("late"); // the reading has begun
        committed();
        store.held = false;
        store.release();
        assertThat(watcher.view).isEmpty();

        pause();
        assertThat(watcher.view).containsOnlyKeys(new Code("late"));
    }

    @Test
    void fewListsAreReadAtOnce() {
        int topics = 5 * TopicFeed.READINGS_MAX;
        store.held = true;
        Sink sink = joined();
        var watches = new ArrayList<Watch>();
        for (int i = 1; i < topics; i++) {
            var topic = new TopicKey(Namespace.UNKNOWN, "topic" + i);
            watches.add(feed.join(topic, null, subscriber("client"), sink, Runnable::run));
        }
        timers.run();
        for (int round = 1; round <= 5; round++) {
            assertThat(store.replies).hasSize(TopicFeed.READINGS_MAX);
            store.release();
            timers.run();
        }

        assertThat(watches)
                .allSatisfy(
                        watch -> assertThat(watch.ready().toCompletableFuture()).isCompleted());
        assertThat(store.reads).isEqualTo(topics);
    }

    @Test
    void noReadingOvertakesAnotherWhoseThreadIsSuspended() {
        var suspended = new TopicFeed(store::read, registry, PER_TOPIC, SIZE, clock, (delay, task) -> {
            if (!delay.equals(TopicFeed.PAUSE)) {
                return timers.after(delay, task);
            }
            task.run();
            return () -> {};
        });
        long id = store.open("a");
        store.held = true;
        Watcher watcher = new Watcher(suspended, "client");
        timers.run();
        store.end(id);
        registry.committed(CHESS); // while the first reading runs
        store.held = false;
        store.release();
        timers.run();

        assertThat(watcher.take()).containsExactly("+a", "-a");
    }

    @Test
    void oneReadingServesAllWatchers() {
        var watchers = new ArrayList<Watcher>();
        for (int i = 0; i < PER_TOPIC; i++) {
            watchers.add(new Watcher("client" + i));
        }
        timers.run();
        pause();
        int before = store.reads;
        store.open("a");
        committed();

        assertThat(store.reads - before).isEqualTo(1);
        assertThat(watchers).allSatisfy(watcher -> assertThat(watcher.take()).endsWith("+a"));
        assertThat(before).isLessThanOrEqualTo(2);
    }

    @Test
    void aWatcherThatJoinsLaterReceivesWhatWasCommittedBefore() {
        joined();
        store.open("mine"); // its commit is not notified, or not yet
        Watcher second = joined();
        assertThat(second.take()).as("not an old list").isEmpty();
        pause();

        assertThat(second.take()).containsExactly("+mine");
    }

    @Test
    void aSessionIsGoneWhenItExpiresWithoutACommit() {
        store.open("short", Duration.ofSeconds(10));
        store.open("long");
        Watcher watcher = joined();
        watcher.take();
        expire(Duration.ofSeconds(10).minusMillis(1));
        assertThat(watcher.take()).isEmpty();

        expire(Duration.ofMillis(1));
        assertThat(watcher.take()).containsExactly("-short");
        expire(TTL);
        assertThat(watcher.take()).containsExactly("-long");
    }

    private void expire(Duration step) {
        clock.advance(step);
        timers.advance(step);
    }

    @Test
    void aSessionThatIsExtendedIsSentAgainAndStays() {
        long id = store.open("a", Duration.ofSeconds(10));
        Watcher watcher = joined();
        watcher.take();
        expire(Duration.ofSeconds(5));
        store.extend(id, TTL);
        committed();
        assertThat(watcher.take()).containsExactly("+a");
        expire(Duration.ofSeconds(10));

        assertThat(watcher.take()).isEmpty();
    }

    @Test
    void aSessionThatReplacesAnotherUnderItsCodeIsGoneAndOpened() {
        long id = store.open("a");
        Watcher watcher = joined();
        watcher.take();
        pause();
        store.end(id);
        store.open("a");
        committed();

        assertThat(watcher.take()).containsExactly("-a", "+a");
    }

    @Test
    void aCommitWhoseNotificationIsLostIsReadAfterAWhile() {
        Watcher watcher = joined();
        store.open("a", Duration.ofDays(1));
        timers.advance(RECHECK.minusMillis(1));
        assertThat(watcher.view).isEmpty();
        timers.advance(Duration.ofMillis(1));

        assertThat(watcher.view).hasSize(1);
    }

    @Test
    void aSlowWatcherReceivesOneDifferenceWhenItCanBeWrittenTo() {
        long first = store.open("a");
        Watcher slow = joined();
        slow.take();
        slow.writable = false;
        for (int i = 0; i < 10; i++) {
            pause();
            long passing = store.open("passing" + i);
            committed();
            pause();
            store.end(passing);
            committed();
        }
        pause();
        store.end(first);
        store.open("b");
        committed();
        assertThat(slow.take()).isEmpty();
        slow.writable = true;
        slow.watch.resume();

        assertThat(slow.take()).containsExactly("-a", "+b");
    }

    @Test
    void aWatcherSeesTheNewestSessionsAndNoneThatWasPushedOutAsGone() {
        for (int i = 1; i <= SIZE + 1; i++) {
            store.open("s" + i);
        }
        Watcher watcher = joined();
        assertThat(watcher.take()).containsExactly("+s2", "+s3", "+s4", "+s5");
        pause();
        store.open("s6");
        committed();
        assertThat(watcher.take()).as("s2 is pushed out and not gone").containsExactly("+s6");

        watcher.view.remove(new Code("s2"));
        pause();
        store.end(5);
        store.end(4);
        committed();
        assertThat(watcher.take()).as("the oldest come back").containsExactly("-s5", "-s4", "+s1", "+s2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void onlyTheReadingOfAJoiningWatcherFailsIt(boolean throwing) {
        Watcher first = joined();
        pause();
        store.broken = true;
        store.throwing = throwing;
        Watcher refused = joined();
        assertThat(refused.watch.ready().toCompletableFuture()).isCompletedExceptionally();
        assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(() -> Futures.join(refused.watch.ready()));
        assertThat(registry.size()).isEqualTo(1);

        store.broken = false;
        store.throwing = false;
        store.open("a");
        timers.advance(TopicFeed.RETRY);
        assertThat(first.view).as("read again without another commit").hasSize(1);
    }

    @Test
    void aWatchThatIsClosedBeforeItsReadingBecomesReadyAndLeaves() {
        Watcher watcher = new Watcher();
        watcher.leave();
        timers.run();

        assertThat(watcher.watch.ready().toCompletableFuture()).isCompleted();
        assertThat(watcher.take()).isEmpty();
        assertThat(registry.size()).isZero();
    }

    @Test
    void theNumberOfWatchersOfATopicIsLimited() {
        var narrow = new TopicFeed(store::read, registry, 1, SIZE, clock, timers);
        Sink sink = joined();
        Watch first = narrow.join(CHESS, null, subscriber("a"), sink, Runnable::run);
        timers.run();

        assertThatExceptionOfType(TooManyWaits.class)
                .isThrownBy(() -> narrow.join(CHESS, null, subscriber("b"), sink, Runnable::run))
                .withMessageContaining("This topic has the maximum of 1 waiting requests");
        first.close();
        narrow.join(CHESS, null, subscriber("b"), sink, Runnable::run);
    }

    private static Subscriber subscriber(String address) {
        return new Subscriber(address, () -> true);
    }

    @Test
    void aWatchEndsWithItsCredential() {
        Watcher watcher = joined();
        watcher.admitted = false;
        pause();
        store.open("secret");
        committed();

        assertThat(watcher.take()).containsExactly("nothing");
        assertThat(watcher.end).isEqualTo(End.CREDENTIAL_ENDED);
        assertThat(feed.size()).isZero();
    }

    @Test
    void nothingRemainsOfWatchersThatHaveLeft() {
        store.open("a");
        var watchers = new ArrayList<Watcher>();
        for (int i = 0; i < 10; i++) {
            watchers.add(joined());
            pause();
        }
        watchers.forEach(Watcher::leave);
        watchers.forEach(Watcher::leave);
        pause();

        assertThat(feed.size()).isZero();
        assertThat(timers.size()).as("timers").isZero();
        assertThat(TestWaitRegistries.isEmpty(registry)).isTrue();
        int reads = store.reads;
        committed();
        assertThat(store.reads).isEqualTo(reads);
    }

    @Test
    void closingTheRegistryStopsEveryWatcher() {
        Watcher watcher = joined();
        registry.close();

        assertThat(watcher.end).isEqualTo(End.STOPPING);
        assertThat(feed.size()).isZero();
    }

    /** Any order of commits, readings, slow watchers and expiries: at rest every view is the list. */
    @Test
    void atRestTheViewOfEachWatcherIsTheList() {
        TestSeed seed = TestSeed.of(getClass());
        for (int round = 0; round < 200; round++) {
            new TopicFeedTest().perform(seed.round(round).random());
        }
    }

    private void perform(Random random) {
        var watchers = new ArrayList<Watcher>();
        var ids = new ArrayList<Long>();
        for (int step = 0; step < 100; step++) {
            switch (random.nextInt(8)) {
                case 0 -> watchers.add(joined());
                case 1 -> {
                    String code = "s" + random.nextInt(6);
                    if (store.live().size() < SIZE && store.isFree(code)) {
                        ids.add(store.open(code, Duration.ofMillis(1 + random.nextInt(400))));
                        registry.committed(CHESS);
                    }
                }
                case 2 -> {
                    if (!ids.isEmpty()) {
                        store.end(ids.remove(random.nextInt(ids.size())));
                        registry.committed(CHESS);
                    }
                }
                case 3 -> watchers.forEach(watcher -> watcher.writable = random.nextBoolean());
                case 4 -> store.held = random.nextBoolean();
                case 5 -> store.release();
                default -> expire(Duration.ofMillis(random.nextInt(60)));
            }
        }
        store.held = false;
        store.release();
        expire(Duration.ofMillis(200));
        watchers.forEach(watcher -> {
            watcher.writable = true;
            watcher.watch.resume();
        });

        Map<Code, Listing> listed = new LinkedHashMap<>();
        store.live().forEach(one -> listed.put(one.listing().code(), one.listing()));
        assertThat(watchers).allSatisfy(watcher -> assertThat(watcher.view).isEqualTo(listed));
    }
}
