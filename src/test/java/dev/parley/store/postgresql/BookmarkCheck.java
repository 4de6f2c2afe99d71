package dev.parley.store.postgresql;

import dev.parley.store.Bookmark;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** What it costs to look at a bookmark: on one thread, as a median of rounds, after the compiler has done its work. */
public final class BookmarkCheck {
    private static final int ROUNDS = 11;
    private static final int CALLS = 200_000;
    private static final long POSITION = 0x1_6b37_4d48L;

    private static final TimelineHistory LINEAGE = new TimelineHistory(0x6b06_4494_2ce0_096fL, 3, began());
    private static final PostgresHistory HISTORY = new PostgresHistory(new byte[32], LINEAGE, POSITION);
    private static final ReplicaPosition SIGHT = new ReplicaPosition(1, true, 3, POSITION, POSITION);

    private BookmarkCheck() {}

    private static Map<Long, @Nullable Long> began() {
        var began = new HashMap<Long, @Nullable Long>();
        began.put(3L, POSITION / 2);
        return began;
    }

    /** The seal, the line and the position, as a read with a bookmark needs them; in microseconds. */
    public static double openMicros() {
        String word = HISTORY.word(LINEAGE.at(POSITION));
        return micros(() -> {
            Optional<Bookmark> asked = HISTORY.opened(word);
            return asked.filter(LINEAGE::holds).filter(SIGHT::hasReached).isPresent() ? 1 : 0;
        });
    }

    /** The word that a reply carries; in microseconds. */
    public static double makeMicros() {
        Bookmark seen = LINEAGE.at(POSITION);
        return micros(() -> HISTORY.word(seen).length());
    }

    private interface Work {
        int run();
    }

    private static double micros(Work work) {
        double[] rounds = DoubleStream.generate(() -> round(work))
                .limit(2 * ROUNDS)
                .skip(ROUNDS)
                .sorted()
                .toArray();
        return rounds[ROUNDS / 2];
    }

    private static double round(Work work) {
        long since = System.nanoTime();
        long sum = 0;
        for (int i = 0; i < CALLS; i++) {
            sum += work.run();
        }
        double micros = (System.nanoTime() - since) / 1e3 / CALLS;
        if (sum == 0) {
            throw new IllegalStateException("Nothing was done");
        }
        return micros;
    }
}
