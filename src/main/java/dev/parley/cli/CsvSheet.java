package dev.parley.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Comma-separated values with a header (RFC 4180); null is empty, and empty text is {@code ""}. */
final class CsvSheet implements Sheet {
    private static final Pattern NEEDS_QUOTES = Pattern.compile("[\",\\r\\n]|^\\s|\\s$|^$");
    private static final String LINE_END = "\r\n";

    private final PrintWriter out;

    CsvSheet(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void columns(List<String> names) {
        line(names);
    }

    @Override
    public boolean row(List<@Nullable Object> values) {
        line(values);
        return !out.checkError();
    }

    @Override
    public void end() {
        out.flush();
    }

    private void line(List<? extends @Nullable Object> values) {
        out.print(values.stream().map(CsvSheet::field).collect(Collectors.joining(",")) + LINE_END);
    }

    private static String field(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        String text = String.valueOf(Sheet.shown(value));
        return NEEDS_QUOTES.matcher(text).find() ? "\"" + text.replace("\"", "\"\"") + "\"" : text;
    }
}
