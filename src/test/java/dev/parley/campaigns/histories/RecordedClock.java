package dev.parley.campaigns.histories;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The clock of the service under test, moved by hand. It remembers what it has shown, so that for every call it can be told which
 * times the service may have read.
 */
final class RecordedClock {
    /** A place among the times that were shown. */
    record Mark(int index) {}

    private final Consumer<Instant> hand;
    private final boolean seen;
    private volatile List<Long> shown;
    private volatile int settled;
    private final AtomicInteger holding = new AtomicInteger();

    /** @param hand sets the clock */
    RecordedClock(Instant start, Consumer<Instant> hand) {
        this(start, hand, true);
    }

    private RecordedClock(Instant start, Consumer<Instant> hand, boolean seen) {
        this.hand = hand;
        this.seen = seen;
        this.shown = List.of(start.toEpochMilli());
    }

    /** A clock that is not moved by hand, and that nobody here sees. */
    static RecordedClock unseen() {
        return new RecordedClock(Instant.EPOCH, then -> {}, false);
    }

    /** Only one may move it; it does not move while somebody has it stand still. */
    void advance(Duration step) {
        if (holding.get() > 0) {
            return;
        }
        List<Long> before = shown;
        long then = before.get(before.size() - 1) + step.toMillis();
        var more = new java.util.ArrayList<>(before);
        more.add(then);
        shown = more;
        hand.accept(Instant.ofEpochMilli(then));
        settled = more.size() - 1;
    }

    /** Lets the clock stand still until {@link #go}. */
    void stop() {
        holding.incrementAndGet();
    }

    /** Lets the clock go on, unless somebody else has it stand still. */
    void go() {
        holding.decrementAndGet();
    }

    /** No call from now on reads an earlier time than at this mark. */
    Mark mark() {
        return new Mark(settled);
    }

    /**
     * What a call may have read that began at {@code begin} and has ended now. Of a clock that is not seen that is a time of its own,
     * or one that others have read as well.
     *
     * @param call its number in its history
     */
    List<Long> since(Mark begin, int call) {
        if (!seen) {
            return List.of(0L, (long) call);
        }
        List<Long> all = shown;
        return List.copyOf(all.subList(begin.index, all.size()));
    }
}
