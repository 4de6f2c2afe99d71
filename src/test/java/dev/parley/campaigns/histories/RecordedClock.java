package dev.parley.campaigns.histories;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The clock of the service, advanced by the test. It records the times that a call may have read. */
final class RecordedClock {
    /** An index of the recorded times. */
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

    /** The clock of the machine, which is not recorded. */
    static RecordedClock unseen() {
        return new RecordedClock(Instant.EPOCH, then -> {}, false);
    }

    /** For one thread; the clock does not advance while it is stopped. */
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

    /** Stops the clock until {@link #go}. */
    void stop() {
        holding.incrementAndGet();
    }

    /** Continues the clock, unless another caller has stopped it. */
    void go() {
        holding.decrementAndGet();
    }

    /** No call after this mark reads an earlier time. */
    Mark mark() {
        return new Mark(settled);
    }

    /**
     * The times that a call may have read between {@code begin} and now. An unrecorded clock returns a time of the call and a shared one.
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
