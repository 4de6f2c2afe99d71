package dev.parley.cli;

import dev.parley.store.admin.Progress;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Shows the progress of a long command in one line of a terminal, and nothing in a pipe. */
final class ProgressLine implements Progress, AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(100);
    private static final String LINE_START = "\r\033[K";

    private final PrintWriter err;
    private final boolean terminal = isTerminal();
    private @Nullable Long shownAt;

    ProgressLine(PrintWriter err) {
        this.err = err;
    }

    @Override
    public void at(String step, double part) {
        long now = System.nanoTime();
        if (!terminal || (shownAt != null && now - shownAt < INTERVAL.toNanos())) {
            return;
        }
        shownAt = now;
        err.print(LINE_START + step + (part < 0 ? " …" : " %d %%".formatted(Math.round(part * 100))));
        err.flush();
    }

    /** Removes the progress, and prints {@code line} for a person at a terminal. */
    void finish(String line) {
        close();
        if (terminal) {
            err.println(line);
        }
    }

    @Override
    public void close() {
        if (shownAt != null) {
            err.print(LINE_START);
            err.flush();
            shownAt = null;
        }
    }

    /** From Java 22 on {@code System.console()} is not null in a pipe either, but has {@code isTerminal()}. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
