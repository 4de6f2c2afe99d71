package dev.parley;

import java.util.Random;

/**
 * Where a random test begins. The seed is printed, and {@code -Dparley.seed=} repeats the run that printed it.
 *
 * @param value what every random choice of the test follows from
 */
public record TestSeed(long value) {
    /** The seed that was asked for, else a new one. */
    public static TestSeed of(Class<?> test) {
        Long asked = Long.getLong("parley.seed");
        var seed = new TestSeed(asked == null ? new Random().nextLong() : asked);
        System.out.println(test.getSimpleName() + ": -Dparley.seed=" + seed.value);
        return seed;
    }

    public Random random() {
        return new Random(value);
    }

    /** The seed of round {@code number}, other for each, and the seed itself for the first: so a failed round runs first. */
    public TestSeed round(int number) {
        return new TestSeed(value + number);
    }
}
