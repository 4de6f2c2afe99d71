package dev.parley.packaged;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** One process of the jar with its output; it ends with the test. */
final class LaunchedJar implements AutoCloseable {
    private static final int EXIT_SECONDS_MAX = 180;

    private final Process process;
    private final Path out;
    private final Path err;

    LaunchedJar(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    Process process() {
        return process;
    }

    String out() {
        return text(out);
    }

    String err() {
        return text(err);
    }

    /**
     * The log of the process and the stacks of its threads, for the message of a failure: a process that hangs has often logged
     * nothing.
     */
    String state() {
        return "its log:\n" + err() + "\nits threads:\n" + threads();
    }

    private String threads() {
        String jstack =
                Path.of(System.getProperty("java.home"), "bin", "jstack").toString();
        try {
            Process dump = new ProcessBuilder(jstack, Long.toString(process.pid()))
                    .redirectErrorStream(true)
                    .start();
            return new String(dump.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "unknown, because there is no jstack: " + e.getMessage();
        }
    }

    /** @throws AssertionError if the process does not end within three minutes; its state is in the message */
    ProcessExit awaitExit() {
        try {
            if (!process.waitFor(EXIT_SECONDS_MAX, SECONDS)) {
                throw new AssertionError("Parley does not end; " + state());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while waiting for Parley to end", e);
        }
        return new ProcessExit(process.exitValue(), out(), err());
    }

    /** {@code kill -9}; returns when the process has ended. */
    ProcessExit kill() {
        process.destroyForcibly();
        return awaitExit();
    }

    /** Kills the process if it is running. */
    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
