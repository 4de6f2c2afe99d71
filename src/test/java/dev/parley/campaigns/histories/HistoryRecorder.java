package dev.parley.campaigns.histories;

import dev.parley.campaigns.histories.RecordedClock.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Records the calls of one session. One counter numbers begins and ends, so that their order does not depend on the clock.
 */
final class HistoryRecorder {
    private final RecordedClock clock;
    private final AtomicLong order = new AtomicLong();
    private final List<Begun> begun = new ArrayList<>();
    private final List<String> left = new ArrayList<>();

    HistoryRecorder(RecordedClock clock) {
        this.clock = clock;
    }

    /** A call without a reply yet. */
    final class Begun {
        private final int number;
        private final Function<Ending, Invocation> call;
        private final Mark mark;
        private volatile @Nullable Ending ending;

        private Begun(int number, Function<Ending, Invocation> call, Mark mark) {
            this.number = number;
            this.call = call;
            this.mark = mark;
        }

        int number() {
            return number;
        }

        /** The reply has arrived. */
        void end(ReplyContext reply) {
            ending = new Ending(order.incrementAndGet(), clock.since(mark, number), reply);
        }

        private Invocation call() {
            Ending result = ending;
            return call.apply(result == null ? new Ending(Invocation.NEVER, clock.since(mark, number), null) : result);
        }
    }

    private record Ending(
            long end, List<Long> clock, @Nullable ReplyContext reply) {}

    /** Records the begin of a call. */
    synchronized Begun begin(String peer, int node, Operation operation, Freshness since) {
        Mark mark = clock.mark();
        int number = begun.size() + 1;
        long begin = order.incrementAndGet();
        var one = new Begun(
                number,
                ending -> new Invocation(
                        number, peer, node, operation, since, begin, ending.end(), ending.clock(), ending.reply()),
                mark);
        begun.add(one);
        return one;
    }

    /** Records a waiter that was not notified of an existing event. */
    synchronized void leave(String who) {
        left.add(who);
    }

    synchronized History history() {
        return new History(begun.stream().map(Begun::call).toList(), List.copyOf(left));
    }
}
