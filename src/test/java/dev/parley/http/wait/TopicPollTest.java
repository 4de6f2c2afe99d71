package dev.parley.http.wait;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.contract.MovableClock;
import dev.parley.http.EntityTags;
import dev.parley.http.wait.SessionFeed.Subscriber;
import dev.parley.http.wait.TopicPoll.Poll;
import dev.parley.session.Code;
import dev.parley.session.Listing;
import dev.parley.session.Listing.Identified;
import dev.parley.session.Namespace;
import dev.parley.session.Page;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.session.TopicKey;
import dev.parley.store.Node;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.waiting.NodeNotifications;
import dev.parley.waiting.TestWaitRegistries;
import dev.parley.waiting.WaitRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A poll of a topic while the primary cannot be read. The time moves by hand. */
class TopicPollTest {
    private static final TopicKey CHESS = new TopicKey(Namespace.UNKNOWN, "chess");
    private static final Duration WAIT = Duration.ofSeconds(25);
    private static final int SIZE = 2;

    private final List<Identified> sessions = new ArrayList<>();
    private boolean primaryDown;
    private boolean pagesUnreadable;
    private boolean throwing;
    private final MovableClock clock = new MovableClock();
    private final ManualTimers timers = new ManualTimers();
    private final WaitRegistry registry = TestWaitRegistries.among(NodeNotifications.NONE);
    private final TopicFeed feed = new TopicFeed(
            (topic, limit) -> onPrimary(primaryDown, List.copyOf(sessions)), registry, 10, SIZE, clock, timers);
    private @Nullable Poll poll;

    @AfterEach
    void nothingRemains() {
        if (poll != null) {
            poll.close();
        }
        timers.advance(TopicFeed.RETRY);
        assertThat(timers.size()).isZero();
        assertThat(TestWaitRegistries.isEmpty(registry)).isTrue();
    }

    private static <T> CompletionStage<Served<T>> onPrimary(boolean down, T result) {
        return down
                ? CompletableFuture.failedStage(new StoreUnavailable("Not now.", Duration.ofSeconds(1)))
                : CompletableFuture.completedStage(served(result, "primary"));
    }

    private static <T> Served<T> served(T result, String node) {
        return new Served<>(result, "b", new Node(node, "", true), false);
    }

    /** Waits for a change of the list as it is now. */
    private CompletableFuture<Served<Page<Listing>>> waiting(@Nullable String tag) {
        var known = EntityTags.parse("If-None-Match", List.of(EntityTags.of(page(tag))));
        poll = new Poll(
                sink -> feed.join(CHESS, null, new Subscriber("client", () -> true), sink, Runnable::run),
                timers,
                Runnable::run,
                tag,
                SIZE,
                known,
                from -> {
                    if (throwing) {
                        throw new IllegalStateException("A defect");
                    }
                    return from.equals(ReadFrom.PRIMARY)
                            ? onPrimary(primaryDown || pagesUnreadable, page(tag))
                            : CompletableFuture.completedStage(served(page(tag), "replica"));
                },
                ReadFrom.ANYWHERE);
        CompletableFuture<Served<Page<Listing>>> reply = poll.start(WAIT).toCompletableFuture();
        timers.run();
        return reply;
    }

    private static Served<Page<Listing>> received(CompletableFuture<Served<Page<Listing>>> reply) {
        assertThat(reply).isCompleted();
        return reply.join();
    }

    private Page<Listing> page(@Nullable String tag) {
        return new Page<>(
                sessions.stream()
                        .map(Identified::listing)
                        .filter(listing -> tag == null || listing.tags().contains(tag))
                        .limit(SIZE)
                        .toList(),
                null);
    }

    private void open(String code, String... tags) {
        long id = sessions.size() + 1L;
        var listing = new Listing(
                new Code(code),
                "chess",
                null,
                List.of(tags),
                Instant.EPOCH,
                clock.instant().plus(WAIT));
        sessions.add(0, new Identified(id, id, listing));
        registry.committed(CHESS);
    }

    @Test
    void theReplyWhenTheTimeIsUpNeedsNoPrimary() {
        primaryDown = true;
        CompletableFuture<Served<Page<Listing>>> reply = waiting(null);
        timers.advance(WAIT.minusMillis(1));
        assertThat(reply).isNotDone();
        timers.advance(Duration.ofMillis(1));

        assertThat(received(reply).node().name()).isEqualTo("replica");
    }

    @Test
    void aPollContinuesWhenThePrimaryIsBack() {
        primaryDown = true;
        CompletableFuture<Served<Page<Listing>>> reply = waiting(null);
        timers.advance(TopicFeed.RETRY.multipliedBy(3));
        primaryDown = false;
        timers.advance(TopicFeed.RETRY);
        open("a");
        timers.advance(TopicFeed.PAUSE);

        assertThat(received(reply).node().name()).isEqualTo("primary");
        assertThat(received(reply).result().items()).hasSize(1);
    }

    @Test
    void aSessionThatWasOpenedWhileThePrimaryWasDownIsFound() {
        primaryDown = true;
        CompletableFuture<Served<Page<Listing>>> reply = waiting(null);
        open("a");
        primaryDown = false;
        timers.advance(TopicFeed.RETRY);

        assertThat(received(reply).result().items()).hasSize(1);
    }

    @Test
    void aReadThatThrowsWhenTheTimeIsUpFailsTheReply() {
        CompletableFuture<Served<Page<Listing>>> reply = waiting(null);
        throwing = true;
        timers.advance(WAIT);

        assertThat(reply).isCompletedExceptionally();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aReadForATagThatFailsIsRepeated(boolean byThrowing) {
        for (int i = 0; i <= SIZE; i++) {
            open("s" + i);
        }
        pagesUnreadable = true;
        throwing = byThrowing;
        CompletableFuture<Served<Page<Listing>>> reply = waiting("blitz");
        open("new", "blitz");
        timers.advance(TopicFeed.PAUSE);
        assertThat(reply).isNotDone();
        pagesUnreadable = false;
        throwing = false;
        timers.advance(TopicFeed.RETRY);

        assertThat(received(reply).result().items()).hasSize(1);
    }

    @Test
    void aPollThatIsClosedTriesNoMore() {
        primaryDown = true;
        assertThat(waiting(null)).isNotDone();
    }
}
