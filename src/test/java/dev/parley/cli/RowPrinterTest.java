package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.cli.RowPrinter.Format;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each format stays valid whatever the values contain, and binary values are not printed. */
class RowPrinterTest {
    private static final List<List<@Nullable Object>> VALUES = List.of(
            Arrays.asList(1, "tea", null),
            Arrays.asList(-5_000_000_000L, "a \"quoted\", long\r\nline", 0.5),
            Arrays.asList(3, "", new byte[32]));

    @Test
    void aTableAlignsValuesWithTheirColumns() {
        assertThat(printed(Format.table, VALUES).lines())
                .containsExactly(
                        "n            word                              other",
                        "-----------  --------------------------------  ----------",
                        "1            tea                               NULL",
                        "-5000000000  a \"quoted\", long\\u000d\\u000aline  0.5",
                        "3                                              <32 bytes>");
    }

    @Test
    void jsonIsAnArrayOfObjects() {
        assertThat(printed(Format.json, VALUES).lines())
                .containsExactly(
                        "[{\"n\":1,\"word\":\"tea\",\"other\":null}",
                        ",{\"n\":-5000000000,\"word\":\"a \\\"quoted\\\", long\\r\\nline\",\"other\":0.5}",
                        ",{\"n\":3,\"word\":\"\",\"other\":\"<32 bytes>\"}",
                        "]");
        assertThat(printed(Format.json, List.of()).strip()).isEqualTo("[]");
    }

    @Test
    void csvQuotesValuesThatNeedIt() {
        assertThat(printed(Format.csv, VALUES)).isEqualTo("""
                n,word,other\r
                1,tea,\r
                -5000000000,"a ""quoted"", long\r
                line",0.5\r
                3,"",<32 bytes>\r
                """);
    }

    @Test
    void duplicateColumnNamesAreNumbered() {
        var text = new StringWriter();
        var printer = new RowPrinter(new PrintWriter(text), Format.json, 1);
        printer.columns(List.of("id", "id", "id_2", "id"));
        printer.row(List.of(1, 2, 3, 4));
        printer.end();

        assertThat(text.toString()).contains("{\"id\":1,\"id_2\":2,\"id_2_2\":3,\"id_3\":4}");
    }

    /** A topic may contain anything, also sequences that control a terminal. */
    @Test
    void aTableContainsNoControlCharacters() {
        assertThat(printed(Format.table, List.of(Arrays.asList(1, "\033[2J\u009b31m\u202e", null))))
                .contains("\\u001b[2J\\u009b31m\\u202e")
                .doesNotContain("\033", "\u009b", "\u202e");
    }

    @Test
    void rowsBeyondTheMaximumAreNotPrinted() {
        var text = new StringWriter();
        var printer = new RowPrinter(new PrintWriter(text), Format.csv, 1);
        printer.columns(List.of("n"));
        assertThat(printer.row(List.of(1))).isTrue();
        assertThat(printer.isCut()).isFalse();
        assertThat(printer.row(List.of(2))).isFalse();
        assertThat(printer.isCut()).isTrue();
        assertThat(text).hasToString("n\r\n1\r\n");
    }

    @Test
    void onlyATableShortensLongValues() {
        List<List<@Nullable Object>> one = List.of(Arrays.asList(1, "😀".repeat(100), null));

        assertThat(printed(Format.table, one)).contains("😀".repeat(59) + "…").doesNotContain("😀".repeat(60));
        assertThat(printed(Format.json, one)).contains("😀".repeat(100));
        assertThat(printed(Format.csv, one)).contains("😀".repeat(100));
    }

    private static String printed(Format format, List<List<@Nullable Object>> rows) {
        var text = new StringWriter();
        var printer = new RowPrinter(new PrintWriter(text), format, 10);
        printer.columns(List.of("n", "word", "other"));
        rows.forEach(printer::row);
        printer.end();
        return text.toString();
    }
}
