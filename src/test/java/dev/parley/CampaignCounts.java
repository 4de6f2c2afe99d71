package dev.parley;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * Counts what the tests of chance and of faults have tried. When the last test is over one line tells it; behind the tests of the
 * packaged service it has those before them, too.
 */
public final class CampaignCounts implements TestExecutionListener {
    /** Tests have class loaders and virtual machines of their own, so the count is kept where all of them find it. */
    private static final Path KEPT = Path.of("target", "tries.txt");

    /** Only the tests of the packaged service know it, and they come last. */
    private static final boolean LAST = System.getProperty("parley.jar") != null;

    /** Adds so many tries, none of which has shown a fault. */
    public static void count(int tries, String what) {
        try {
            Files.writeString(KEPT, tries + " " + what + "\n", CREATE, APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        try {
            if (!LAST) {
                Files.deleteIfExists(KEPT);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        try {
            if (Files.exists(KEPT)) {
                System.out.println("Tried without a fault: " + summary(Files.readAllLines(KEPT)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String summary(List<String> lines) {
        Map<String, Integer> tries = lines.stream()
                .map(line -> line.split(" ", 2))
                .collect(Collectors.toMap(
                        line -> line[1], line -> Integer.valueOf(line[0]), Integer::sum, LinkedHashMap::new));
        return tries.entrySet().stream()
                .map(entry -> String.format(Locale.ROOT, "%,d %s", entry.getValue(), entry.getKey()))
                .collect(Collectors.joining(", "));
    }
}
