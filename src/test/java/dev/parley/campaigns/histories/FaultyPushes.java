package dev.parley.campaigns.histories;

import dev.parley.http.wait.SessionFeed;
import dev.parley.http.wait.SessionFeed.End;
import dev.parley.http.wait.SessionFeed.Sink;
import dev.parley.waiting.EventBatch;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Pushes each batch of events to one peer a wrong number of times, for {@link Mutant}. */
class FaultyPushes implements Sink {
    final Sink sound;
    private final IntUnaryOperator times;
    private int number;

    /** @param times how often the batch of a number, from 0, is pushed */
    FaultyPushes(Sink sound, IntUnaryOperator times) {
        this.sound = sound;
        this.times = times;
    }

    @Override
    public void deliver(SessionFeed feed, EventBatch batch) {
        for (int i = times.applyAsInt(number++); i > 0; i--) {
            sound.deliver(feed, batch);
        }
    }

    @Override
    public boolean isWritable() {
        return sound.isWritable();
    }

    @Override
    public void ended(SessionFeed feed, End why) {
        sound.ended(feed, why);
    }

    /** Pushes a batch after the next one. */
    static final class Reordered extends FaultyPushes {
        private @Nullable EventBatch held;

        Reordered(Sink sound) {
            super(sound, number -> 1);
        }

        @Override
        public void deliver(SessionFeed feed, EventBatch batch) {
            EventBatch earlier = held;
            if (earlier == null) {
                held = batch;
            } else {
                held = null;
                sound.deliver(feed, batch);
                sound.deliver(feed, earlier);
            }
        }
    }
}
