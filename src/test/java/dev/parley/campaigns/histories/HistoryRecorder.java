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
    private final Mark beginning;

    HistoryRecorder(RecordedClock clock) {
        this.clock = clock;
        this.beginning = clock.mark();
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

    /** Records the events after number {@code after} that a peer was pushed, at any time until now. */
    synchronized void pushed(String peer, int node, long after, ReplyContext events) {
        int number = begun.size() + 1;
        if (number > LinearizabilityChecker.CALLS_MAX) {
            return;
        }
        int limit = events.result() instanceof OperationResult.EventsRead read
                ? read.events().size()
                : 1;
        var operation = new Operation.Follow(after, limit, true);
        var one = new Begun(
                number,
                ending -> new Invocation(
                        number,
                        peer,
                        node,
                        operation,
                        new Freshness.Latest(),
                        0,
                        ending.end(),
                        ending.clock(),
                        ending.reply()),
                beginning);
        begun.add(one);
        one.end(events);
    }

    /** Records a waiter that was not notified of an existing event, or a watcher that has another list. */
    synchronized void leave(String who) {
        left.add(who);
    }

    synchronized History history() {
        return new History(begun.stream().map(Begun::call).toList(), List.copyOf(left));
    }
}
