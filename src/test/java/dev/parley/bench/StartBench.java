package dev.parley.bench;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How long the packaged jar takes from its start to the first answer, and what it occupies when nobody calls.
 *
 * <p>{@code parley.bench.java} is the command that is measured up to {@code -jar}: the path of a virtual machine, and options
 * such as {@code -XX:AOTCache=…} behind it, with spaces between them.
 */
public final class StartBench {
    private static final int RUNS = Integer.getInteger("parley.bench.runs", 7);
    private static final Duration REST = Duration.ofSeconds(3);
    private static final Duration START_MAX = Duration.ofMinutes(1);

    private record Start(long millis, long residentMegabytes) {}

    private StartBench() {}

    public static void main(String[] arguments) throws Exception {
        String java = System.getProperty(
                "parley.bench.java",
                Path.of(System.getProperty("java.home"), "bin", "java").toString());
        var millis = new ArrayList<Long>();
        var megabytes = new ArrayList<Long>();
        for (int run = 0; run < RUNS; run++) {
            Start start = start(List.of(java.split(" ")));
            millis.add(start.millis());
            megabytes.add(start.residentMegabytes());
        }
        System.out.printf(
                "%s%nto the first answer: median %d ms (%d to %d, %d runs); at rest %d MB%n",
                java, median(millis), Collections.min(millis), Collections.max(millis), RUNS, median(megabytes));
    }

    private static Start start(List<String> java) throws Exception {
        try (var folder = new TemporaryFolder()) {
            int port = freePort();
            var command = new ArrayList<>(java);
            command.addAll(List.of(
                    "-jar",
                    Path.of(System.getProperty("parley.jar")).toAbsolutePath().toString()));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.path().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.path().resolve("log").toFile());
            builder.environment().put("QUARKUS_HTTP_PORT", Integer.toString(port));
            long began = System.nanoTime();
            Process process = builder.start();
            try {
                awaitAnswer(process, URI.create("http://127.0.0.1:" + port + "/health"), began);
                long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
                Thread.sleep(REST.toMillis());
                return new Start(millis, new ProcessMemory(process.pid()).residentBytes() >> 20);
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    private static int freePort() throws IOException {
        try (var free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private static void awaitAnswer(Process process, URI health, long began) throws InterruptedException {
        while (process.isAlive() && System.nanoTime() - began < START_MAX.toNanos()) {
            try {
                if (((HttpURLConnection) health.toURL().openConnection()).getResponseCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                // not there yet
            }
            Thread.sleep(5);
        }
        throw new IllegalStateException("Parley did not start");
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
