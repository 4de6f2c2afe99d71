package dev.parley.campaigns.faults;

import static dev.parley.contract.Awaited.served;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Namespace;
import dev.parley.session.Opening;
import dev.parley.session.Session;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.session.Trickle;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.store.postgresql.PostgresNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An offerer that trickles and reads without a pause while the database fails, and checks the replies: reads contain every acknowledged
 * candidate and every candidate that was read before, no candidate twice, and no call exceeds its deadline. A write that got 503 is
 * repeated later, as clients do.
 */
public final class CheckingOfferer {
    /** Less than the limit of one side of a session. */
    private static final int CANDIDATES_MAX = 200;

    private final PostgresNode parley;
    private final Random random;
    private final Duration callMax;
    private final Thread thread = new Thread(this::run, "offerer");
    private final Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
    private final List<Conversation> ended = new ArrayList<>();
    private Conversation conversation = new Conversation();
    private volatile boolean leaving;
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile Duration longest = Duration.ZERO;

    /** One session and what the offerer knows of it. */
    private static final class Conversation {
        final SessionKey key = new SessionKey(
                new Namespace("https://offerer.test"),
                new Code(UUID.randomUUID().toString()));
        final SessionToken token = new SessionToken(key.code().text());
        boolean open;

        @Nullable
        String bookmark;

        /** Acknowledged or read before, so they must be present. */
        final Set<String> known = new HashSet<>();

        /** Not acknowledged, so they may be present. */
        final List<String> unknown = new ArrayList<>();
    }

    private CheckingOfferer(PostgresNode parley, Random random, Duration callMax) {
        this.parley = parley;
        this.random = random;
        this.callMax = callMax;
    }

    /** @param callMax maximum duration of a call */
    public static CheckingOfferer on(PostgresNode parley, Random random, Duration callMax) {
        var offerer = new CheckingOfferer(parley, random, callMax);
        offerer.thread.start();
        return offerer;
    }

    private void run() {
        try {
            while (!leaving) {
                act();
            }
        } catch (RuntimeException | Error e) {
            unexpected.add(e);
        }
    }

    private void act() {
        if (!conversation.open) {
            open();
        } else if (random.nextInt(3) == 0) {
            read(conversation, random.nextBoolean());
        } else {
            trickle();
        }
        if (conversation.known.size() + conversation.unknown.size() >= CANDIDATES_MAX) {
            ended.add(conversation);
            conversation = new Conversation();
        }
    }

    private void open() {
        var opening = new Opening(
                conversation.key.code(),
                "topic",
                null,
                List.of(),
                Description.of("offer"),
                Trickle.NOTHING,
                null,
                conversation.token);
        Served<?> done = called(() -> served(parley.signaling().open(conversation.key.namespace(), opening)));
        if (done != null) {
            conversation.open = true;
            conversation.bookmark = done.bookmark();
            acknowledged.incrementAndGet();
        }
    }

    private void trickle() {
        boolean again = !conversation.unknown.isEmpty() && random.nextBoolean();
        String text = again ? conversation.unknown.get(0) : "\"" + UUID.randomUUID() + "\"";
        var candidate = new Candidate(text.getBytes(StandardCharsets.UTF_8));
        Served<?> done = called(() -> served(parley.signaling()
                .trickle(conversation.key, conversation.token, new Trickle(List.of(candidate), false), null)));
        if (done != null) {
            conversation.unknown.remove(text);
            conversation.known.add(text);
            conversation.bookmark = done.bookmark();
            acknowledged.incrementAndGet();
        } else if (!again) {
            conversation.unknown.add(text);
        }
    }

    private void read(Conversation read, boolean withBookmark) {
        ReadFrom from = withBookmark && read.bookmark != null ? new ReadFrom.AtLeast(read.bookmark) : ReadFrom.PRIMARY;
        Served<Session> found = called(() -> served(parley.signaling().session(from, read.key)));
        if (found == null) {
            return;
        }
        assertThat(found.reset()).as("the bookmark was reset").isFalse();
        Session session = found.result();
        List<String> texts =
                session.offerer().candidates().stream().map(Candidate::text).toList();
        assertThat(texts)
                .as("read from %s, %s", from, found.node())
                .doesNotHaveDuplicates()
                .containsAll(read.known);
        assertThat(session.seq()).isEqualTo(1L + texts.size());
        var possible = new HashSet<>(read.known);
        possible.addAll(read.unknown);
        assertThat(possible).containsAll(texts);
        read.known.addAll(texts);
        read.unknown.removeAll(texts);
        read.bookmark = found.bookmark();
    }

    /** The result of a call, or null if the store is unavailable. */
    private <T> @Nullable Served<T> called(Supplier<Served<T>> call) {
        long begin = System.nanoTime();
        try {
            return call.get();
        } catch (StoreUnavailable e) {
            refused.incrementAndGet();
            return null;
        } finally {
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            if (took.compareTo(longest) > 0) {
                longest = took;
            }
        }
    }

    public void leave() {
        leaving = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while an offerer calls", e);
        }
    }

    /** Reads all sessions again when the database is available. */
    public void assertKept() {
        assertThat(unexpected).isEmpty();
        assertThat(longest).isLessThan(callMax);
        if (conversation.open) {
            ended.add(conversation);
        }
        for (Conversation each : ended) {
            int refusedBefore = refused.get();
            read(each, false);
            assertThat(refused.get()).as("the database is available").isEqualTo(refusedBefore);
        }
    }

    public int acknowledged() {
        return acknowledged.get();
    }

    public int refused() {
        return refused.get();
    }

    public Duration longest() {
        return longest;
    }
}
