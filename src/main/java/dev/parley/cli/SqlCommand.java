package dev.parley.cli;

import dev.parley.store.admin.ReadOnlyQuery;
import dev.parley.store.admin.StoreAdmin;
import io.quarkus.runtime.configuration.DurationConverter;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A look into the store, beside a running server or without one. */
@Command(
        name = "sql",
        description = {
            "Ask the store one question in SQL, and print the answer. Nothing can be changed this way.",
            "Tables: sessions, events, history; the view conversation shows who said what, as text. Times are milliseconds"
                    + " since 1970. Of binary values (hashes of tokens, keys, payloads) only the length is shown."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Who waits:  parley sql \"SELECT namespace, topic, count(*) FROM sessions WHERE answered = 0 GROUP BY 1, 2\"",
            "Who spoke:  parley sql \"SELECT seq, side, type FROM conversation WHERE code = 'tea-at-five'\"",
            "Columns:    parley sql \"SELECT name, type FROM pragma_table_info('sessions')\"",
            "",
            "Exit code 1: the statement is refused, or takes longer than --timeout."
        })
@SuppressWarnings("NullAway.Init") // picocli and the container fill the fields
public final class SqlCommand implements Callable<Integer> {
    private static final Duration TIMEOUT_MIN = Duration.ofMillis(1);
    private static final Duration TIMEOUT_MAX = Duration.ofMinutes(5);
    private static final int ROWS_MAX = 1_000_000;

    @Inject
    Instance<StoreAdmin> upkeep;

    @Spec
    CommandSpec spec;

    @Parameters(paramLabel = "STATEMENT", description = "SELECT, WITH, VALUES or EXPLAIN, and nothing behind it.")
    String statement;

    @Option(
            names = "--format",
            description =
                    "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} unless said otherwise. Only table shortens long values.")
    Format format = Format.table;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "Print at most so many rows, 1 to 1000000; ${DEFAULT-VALUE} unless said otherwise.")
    int rows = 1_000;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "Take no longer, 1ms to 5m; ${DEFAULT-VALUE} unless said otherwise.",
            defaultValue = "5s",
            converter = TimeConverter.class)
    Duration timeout;

    /** Named as they are typed. */
    enum Format {
        table,
        json,
        csv
    }

    static final class TimeConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return DurationConverter.parseDuration(text);
        }
    }

    @Override
    public Integer call() {
        refuseUnlessWithin(rows >= 1 && rows <= ROWS_MAX, "--rows must be 1 to 1000000");
        refuseUnlessWithin(
                timeout.compareTo(TIMEOUT_MIN) >= 0 && timeout.compareTo(TIMEOUT_MAX) <= 0,
                "--timeout must be 1ms to 5m");
        PrintWriter out = spec.commandLine().getOut();
        Sheet sheet = switch (format) {
            case table -> new TableSheet(out);
            case json -> new JsonSheet(out);
            case csv -> new CsvSheet(out);
        };
        var page = new FirstRows(sheet, rows);
        upkeep.get().query(new ReadOnlyQuery(statement), timeout, page);
        sheet.end();
        if (page.isCut()) {
            spec.commandLine().getErr().println("There are more than " + rows + " rows; --rows shows more.");
        }
        return ExitCode.DONE;
    }

    private void refuseUnlessWithin(boolean within, String why) {
        if (!within) {
            throw new ParameterException(spec.commandLine(), why + ".");
        }
    }
}
