package dev.parley.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** What the figures were measured on. */
final class Machine {
    private static final int SYNCS = 500;
    private static final int PAGE_BYTES = 4_096;

    private Machine() {}

    /** In one line: system, processors, Java, and how long the disk takes to have a page of 4 KB for good. */
    static String describe() throws IOException {
        Histogram sync = syncs();
        return "%s, %d × %s; Java %s; the disk syncs a page in %s ms (p99 %s ms)"
                .formatted(
                        System.getProperty("os.name") + " " + System.getProperty("os.version"),
                        Runtime.getRuntime().availableProcessors(),
                        processor(),
                        Runtime.version(),
                        Markdown.millis(sync, 50),
                        Markdown.millis(sync, 99));
    }

    private static String processor() throws IOException {
        Path description = Path.of("/proc/cpuinfo");
        if (!Files.exists(description)) {
            return System.getProperty("os.arch");
        }
        try (Stream<String> lines = Files.lines(description)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        }
    }

    private static Histogram syncs() throws IOException {
        var times = new Histogram(TimeUnit.MINUTES.toMicros(1), 3);
        try (var folder = new TemporaryFolder();
                FileChannel file = FileChannel.open(
                        folder.path().resolve("page"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < SYNCS; i++) {
                long begin = System.nanoTime();
                file.write(ByteBuffer.allocate(PAGE_BYTES), (long) i * PAGE_BYTES);
                file.force(false);
                times.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begin));
            }
        }
        return times;
    }
}
