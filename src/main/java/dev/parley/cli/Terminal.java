package dev.parley.cli;

import dev.parley.store.admin.Progress;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The person at a terminal, who is told how far a long command has come. To a pipe nothing is said. */
final class Terminal implements Progress, AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final String LINE_START = "\r\033[K";

    private final PrintWriter err;
    private final boolean there = isThere();
    private @Nullable Long shownAt;

    Terminal(PrintWriter err) {
        this.err = err;
    }

    /** Says {@code line} once the command is done. */
    void say(String line) {
        close();
        if (there) {
            err.println(line);
        }
    }

    @Override
    public void at(String step, double part) {
        long now = System.nanoTime();
        if (!there || (shownAt != null && now - shownAt < PAUSE.toNanos())) {
            return;
        }
        shownAt = now;
        err.print(LINE_START + step + (part < 0 ? " …" : " %d %%".formatted(Math.round(part * 100))));
        err.flush();
    }

    /** Takes the last word on progress away. */
    @Override
    public void close() {
        if (shownAt != null) {
            err.print(LINE_START);
            err.flush();
            shownAt = null;
        }
    }

    /** From Java 22 on there is a console in a pipe too, and it is to be asked. */
    @SuppressWarnings("SystemConsoleNull") // on 17 it is null, and later there is another question to ask
    private static boolean isThere() {
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
