package dev.parley.campaigns.histories;

import dev.parley.campaigns.histories.RecordedClock.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes down the calls of one session. The order of begins and ends is that of one counter: what has a smaller number was there
 * before what has a larger one, whatever the machine's clock says.
 */
final class HistoryRecorder {
    private final RecordedClock clock;
    private final AtomicLong order = new AtomicLong();
    private final List<Begun> begun = new ArrayList<>();
    private final List<String> left = new ArrayList<>();

    HistoryRecorder(RecordedClock clock) {
        this.clock = clock;
    }

    /** A call that is on its way. */
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

        /** The reply is there. */
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

    /** A call is about to be made. */
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

    /** Somebody waited, and was not told what was there to be told. */
    synchronized void leave(String who) {
        left.add(who);
    }

    synchronized History history() {
        return new History(begun.stream().map(Begun::call).toList(), List.copyOf(left));
    }
}
