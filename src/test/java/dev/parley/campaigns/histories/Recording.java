package dev.parley.campaigns.histories;

import dev.parley.campaigns.histories.Clockwork.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes down the calls of one session. The order of begins and ends is that of one counter: what has a smaller number was there
 * before what has a larger one, whatever the machine's clock says.
 */
final class Recording {
    private final Clockwork clock;
    private final AtomicLong order = new AtomicLong();
    private final List<Begun> begun = new ArrayList<>();
    private final List<String> left = new ArrayList<>();

    Recording(Clockwork clock) {
        this.clock = clock;
    }

    /** A call that is on its way. */
    final class Begun {
        private final int number;
        private final Function<Ending, Call> call;
        private final Mark mark;
        private volatile @Nullable Ending ending;

        private Begun(int number, Function<Ending, Call> call, Mark mark) {
            this.number = number;
            this.call = call;
            this.mark = mark;
        }

        int number() {
            return number;
        }

        /** The reply is there. */
        void end(Reply reply) {
            ending = new Ending(order.incrementAndGet(), clock.since(mark, number), reply);
        }

        private Call call() {
            Ending told = ending;
            return call.apply(told == null ? new Ending(Call.NEVER, clock.since(mark, number), null) : told);
        }
    }

    private record Ending(
            long end, List<Long> clock, @Nullable Reply reply) {}

    /** A call is about to be made. */
    synchronized Begun begin(String peer, int node, Ask ask, Since since) {
        Mark mark = clock.mark();
        int number = begun.size() + 1;
        long begin = order.incrementAndGet();
        var one = new Begun(
                number,
                ending -> new Call(number, peer, node, ask, since, begin, ending.end(), ending.clock(), ending.reply()),
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
