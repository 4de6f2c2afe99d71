package dev.parley.bench;

import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * The time from the start of the process to the first reply, with an existing store, and the memory of the idle process.
 *
 * <p>{@code -Dparley.bench.java} selects another virtual machine: its path and options, separated by spaces.
 */
public final class StartUp {
    private static final int STARTS = Integer.getInteger("parley.bench.starts", 5);
    private static final Duration REST = Duration.ofSeconds(3);

    private StartUp() {}

    public static void main(String[] arguments) throws Exception {
        List<String> java = List.of(System.getProperty("parley.bench.java", "").split(" "));
        var millis = new Histogram(TimeUnit.MINUTES.toMicros(3), 3);
        var megabytes = new Histogram(1 << 20, 3);
        try (var folder = new TemporaryFolder()) {
            ParleyJar jar = ParleyJar.in(folder.path()).optimizing();
            if (!java.get(0).isEmpty()) {
                jar = jar.runBy(Path.of(java.get(0)));
            }
            for (String option : java.subList(1, java.size())) {
                jar = jar.withOption(option);
            }
            jar.start().close();
            for (int i = 0; i < STARTS; i++) {
                long begin = System.nanoTime();
                try (RunningParley parley = jar.start()) {
                    millis.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begin));
                    megabytes.recordValue(atRest(parley));
                }
            }
        }
        Markdown.head("start-up", "starts", "median ms", "slowest ms", "at rest MB");
        Markdown.row(
                "to the first answer",
                STARTS,
                Markdown.millis(millis, 50),
                Markdown.millis(millis, 100),
                megabytes.getValueAtPercentile(50));
        Markdown.line("");
    }

    private static long atRest(RunningParley parley) throws IOException, InterruptedException {
        Thread.sleep(REST.toMillis());
        return new ProcessMemory(parley.pid()).residentBytes() >> 20;
    }
}
