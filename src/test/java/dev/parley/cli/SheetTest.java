package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An answer is printed so that each form stays what it is, whatever the values hold; and binary values are not shown. */
class SheetTest {
    private static final List<List<@Nullable Object>> VALUES = List.of(
            Arrays.asList(1, "tea", null),
            Arrays.asList(-5_000_000_000L, "a \"quoted\", long\r\nline", 0.5),
            Arrays.asList(3, "", new byte[32]));

    @Test
    void aTableHasItsColumnsUnderTheirNames() {
        assertThat(printed(TableSheet::new, VALUES).lines())
                .containsExactly(
                        "n            word                              other",
                        "-----------  --------------------------------  ----------",
                        "1            tea                               NULL",
                        "-5000000000  a \"quoted\", long\\u000d\\u000aline  0.5",
                        "3                                              <32 bytes>");
    }

    @Test
    void jsonIsAnArrayOfObjects() {
        assertThat(printed(JsonSheet::new, VALUES).lines())
                .containsExactly(
                        "[{\"n\":1,\"word\":\"tea\",\"other\":null}",
                        ",{\"n\":-5000000000,\"word\":\"a \\\"quoted\\\", long\\r\\nline\",\"other\":0.5}",
                        ",{\"n\":3,\"word\":\"\",\"other\":\"<32 bytes>\"}",
                        "]");
        assertThat(printed(JsonSheet::new, List.of()).strip()).isEqualTo("[]");
    }

    @Test
    void csvQuotesWhatNeedsIt() {
        assertThat(printed(CsvSheet::new, VALUES)).isEqualTo("""
                n,word,other\r
                1,tea,\r
                -5000000000,"a ""quoted"", long\r
                line",0.5\r
                3,"",<32 bytes>\r
                """);
    }

    @Test
    void columnsOfOneNameAreToldApart() {
        var text = new StringWriter();
        var sheet = new JsonSheet(new PrintWriter(text));
        sheet.columns(List.of("id", "id", "id_2", "id"));
        sheet.row(List.of(1, 2, 3, 4));
        sheet.end();

        assertThat(text.toString()).contains("{\"id\":1,\"id_2\":2,\"id_2_2\":3,\"id_3\":4}");
    }

    /** A topic may hold anything, and a person's terminal obeys some of it. */
    @Test
    void nothingInATableSteersTheTerminal() {
        assertThat(printed(TableSheet::new, List.of(Arrays.asList(1, "\033[2J\u009b31m\u202e", null))))
                .contains("\\u001b[2J\\u009b31m\\u202e")
                .doesNotContain("\033", "\u009b", "\u202e");
    }

    @Test
    void onlyATableCutsLongValues() {
        List<List<@Nullable Object>> one = List.of(Arrays.asList(1, "😀".repeat(100), null));

        assertThat(printed(TableSheet::new, one))
                .contains("😀".repeat(59) + "…")
                .doesNotContain("😀".repeat(60));
        assertThat(printed(JsonSheet::new, one)).contains("😀".repeat(100));
        assertThat(printed(CsvSheet::new, one)).contains("😀".repeat(100));
    }

    private static String printed(Function<PrintWriter, Sheet> form, List<List<@Nullable Object>> rows) {
        var text = new StringWriter();
        Sheet sheet = form.apply(new PrintWriter(text));
        sheet.columns(List.of("n", "word", "other"));
        rows.forEach(sheet::row);
        sheet.end();
        return text.toString();
    }
}
