package dev.parley.process;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** One process of the jar with what it has printed; never left behind. */
final class LaunchedJar implements AutoCloseable {
    private static final int EXIT_SECONDS_MAX = 60;

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

    /** @throws AssertionError if the process does not end within a minute; its log is in the message */
    Exit awaitExit() {
        try {
            if (!process.waitFor(EXIT_SECONDS_MAX, SECONDS)) {
                throw new AssertionError("Parley goes on running:\n" + err());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while waiting for Parley to end", e);
        }
        return new Exit(process.exitValue(), out(), err());
    }

    /** Kills the process if it still runs. */
    @Override
    public void close() {
        if (process.isAlive()) {
            process.destroyForcibly();
            awaitExit();
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
