package dev.parley.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.store.admin.ReadOnlyQuery.RowSink;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Prints the first rows of a query result in one of three formats. JSON and CSV are printed as the rows arrive. */
final class RowPrinter implements RowSink {
    private static final Pattern CSV_QUOTED = Pattern.compile("[\",\\r\\n]|^\\s|\\s$|^$");
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");
    private static final int WIDTH_MAX = 60;

    /** The formats, with the names of the option's values. */
    enum Format {
        /** Aligned columns for people: long values are shortened, and control characters escaped. */
        table,
        /** An array with one object per line. */
        json,
        /** Comma-separated values with a header (RFC 4180); null is empty, an empty string is {@code ""}. */
        csv
    }

    private final PrintWriter out;
    private final Format format;
    private final int rowsMax;
    private final List<List<String>> table = new ArrayList<>();
    private List<String> names = List.of();
    private int rows;

    RowPrinter(PrintWriter out, Format format, int rowsMax) {
        this.out = out;
        this.format = format;
        this.rowsMax = rowsMax;
    }

    @Override
    public void columns(List<String> columns) {
        names = columns;
        switch (format) {
            case table -> table.add(columns.stream().map(RowPrinter::cell).toList());
            case json -> names = unique(columns);
            case csv -> printCsv(columns);
        }
    }

    @Override
    public boolean row(List<@Nullable Object> values) {
        rows++;
        if (isCut()) {
            return false;
        }
        switch (format) {
            case table -> table.add(values.stream().map(RowPrinter::cell).toList());
            case json -> out.println((rows == 1 ? "[" : ",") + object(values));
            case csv -> printCsv(values);
        }
        return !out.checkError();
    }

    /** Whether there were more rows than the maximum. */
    boolean isCut() {
        return rows > rowsMax;
    }

    /** Prints what is left when there are no more rows. */
    void end() {
        switch (format) {
            case table -> printTable();
            case json -> out.println(rows == 0 ? "[]" : "]");
            case csv -> {}
        }
        out.flush();
    }

    private void printTable() {
        int[] widths = IntStream.range(0, names.size())
                .map(column -> table.stream()
                        .mapToInt(row -> length(row.get(column)))
                        .max()
                        .orElse(0))
                .toArray();
        table.add(1, IntStream.of(widths).mapToObj("-"::repeat).toList());
        for (List<String> row : table) {
            out.println(IntStream.range(0, widths.length)
                    .mapToObj(column -> row.get(column) + " ".repeat(widths[column] - length(row.get(column))))
                    .collect(Collectors.joining("  "))
                    .stripTrailing());
        }
    }

    private static String cell(@Nullable Object value) {
        String text = CONTROL.matcher(value == null ? "NULL" : text(value))
                .replaceAll(
                        control -> "\\\\u%04x".formatted((int) control.group().charAt(0)));
        return length(text) <= WIDTH_MAX ? text : text.substring(0, text.offsetByCodePoints(0, WIDTH_MAX - 1)) + "…";
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private ObjectNode object(List<@Nullable Object> values) {
        ObjectNode object = StoreCommand.json();
        for (int column = 0; column < names.size(); column++) {
            Object value = values.get(column);
            boolean plain = value == null || value instanceof Boolean || value instanceof Number;
            object.putPOJO(names.get(column), plain ? value : text(value));
        }
        return object;
    }

    /** An object has each name once; a second {@code id} becomes {@code id_2}. */
    private static List<String> unique(List<String> columns) {
        var unique = new ArrayList<String>();
        for (String column : columns) {
            String name = column;
            for (int number = 2; unique.contains(name); number++) {
                name = column + "_" + number;
            }
            unique.add(name);
        }
        return unique;
    }

    private void printCsv(List<? extends @Nullable Object> values) {
        out.print(values.stream().map(RowPrinter::field).collect(Collectors.joining(",")) + "\r\n");
    }

    private static String field(@Nullable Object value) {
        String text = value == null ? "" : text(value);
        return value != null && CSV_QUOTED.matcher(text).find() ? "\"" + text.replace("\"", "\"\"") + "\"" : text;
    }

    /** A binary value is replaced by its length, because it may be the hash of a secret. */
    private static String text(Object value) {
        return value instanceof byte[] bytes ? "<" + bytes.length + " bytes>" : value.toString();
    }
}
