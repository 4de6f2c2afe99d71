package dev.parley.bench;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/** A table as Markdown on standard output, row by row as the figures come. */
final class Markdown {
    private Markdown() {}

    static void line(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }

    /** @param heads the first is of words, the others are of figures */
    static void head(String... heads) {
        row((Object[]) heads);
        line("|---|%s", "---:|".repeat(heads.length - 1));
    }

    static void row(Object... cells) {
        var line = new StringBuilder("|");
        for (Object cell : cells) {
            line.append(' ').append(cell).append(" |");
        }
        line("%s", line);
    }

    /** Three digits are as many as a figure of one run has. */
    static String figure(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
    }

    /** Milliseconds of a percentile that was recorded in microseconds. */
    static String millis(Histogram micros, double percent) {
        return figure(micros.getValueAtPercentile(percent) / 1000.0);
    }
}
