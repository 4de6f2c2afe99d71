package dev.parley.bench;

import dev.parley.process.ParleyJar;
import dev.parley.process.RunningParley;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How long it takes from the start of the process to the first request that is answered, with a store that is there already. */
public final class StartUp {
    private static final int STARTS = 5;

    private StartUp() {}

    public static void main(String[] arguments) throws Exception {
        var times = new Histogram(TimeUnit.MINUTES.toMicros(3), 3);
        try (var folder = new TemporaryFolder()) {
            ParleyJar jar = ParleyJar.in(folder.path());
            jar.start().close();
            for (int i = 0; i < STARTS; i++) {
                long begin = System.nanoTime();
                RunningParley parley = jar.start();
                times.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begin));
                parley.close();
            }
        }
        Markdown.head("start-up", "starts", "median ms", "slowest ms");
        Markdown.row("to the first answer", STARTS, Markdown.millis(times, 50), Markdown.millis(times, 100));
        Markdown.line("");
    }
}
