package dev.parley.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Columns under their names, for people. Long values are cut, and what would steer the terminal is shown as its code. */
final class TableSheet implements Sheet {
    private static final int WIDTH_MAX = 60;
    private static final Pattern STEERING = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");
    private static final String GAP = "  ";

    /** Rows whose widths are known before the first is printed; those behind them may stick out. */
    private static final int ROWS_MEASURED = 1_000;

    private final PrintWriter out;
    private final List<List<String>> measured = new ArrayList<>();
    private int[] widths = {};

    TableSheet(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void columns(List<String> names) {
        widths = new int[names.size()];
        measure(names.stream().map(TableSheet::cell).toList());
    }

    @Override
    public boolean row(List<@Nullable Object> values) {
        List<String> cells = new ArrayList<>();
        values.forEach(value -> cells.add(cell(value)));
        if (measured.isEmpty()) {
            print(cells);
        } else {
            measure(cells);
            if (measured.size() > ROWS_MEASURED) {
                printMeasured();
            }
        }
        return !out.checkError();
    }

    @Override
    public void end() {
        printMeasured();
        out.flush();
    }

    private void measure(List<String> cells) {
        measured.add(cells);
        for (int column = 0; column < widths.length; column++) {
            widths[column] = Math.max(widths[column], length(cells.get(column)));
        }
    }

    private void printMeasured() {
        for (int row = 0; row < measured.size(); row++) {
            print(measured.get(row));
            if (row == 0) {
                print(IntStream.of(widths).mapToObj("-"::repeat).toList());
            }
        }
        measured.clear();
    }

    private void print(List<String> cells) {
        out.println(IntStream.range(0, cells.size())
                .mapToObj(column -> padded(cells.get(column), widths[column]))
                .collect(Collectors.joining(GAP))
                .stripTrailing());
    }

    private static String padded(String cell, int width) {
        return cell + " ".repeat(Math.max(0, width - length(cell)));
    }

    private static String cell(@Nullable Object value) {
        if (value == null) {
            return "NULL";
        }
        String text = STEERING.matcher(String.valueOf(Sheet.shown(value)))
                .replaceAll(
                        steering -> "\\\\u%04x".formatted((int) steering.group().charAt(0)));
        return length(text) <= WIDTH_MAX ? text : text.substring(0, text.offsetByCodePoints(0, WIDTH_MAX - 1)) + "…";
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
