package dev.parley.cli;

import dev.parley.store.admin.ReadOnlyQuery;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Queries the store, with or without a running server. */
@Command(
        name = "sql",
        description = {
            "Run one SQL query on the store, and print the result. It cannot change anything.",
            "Tables: sessions, events, history; the view conversation has the events with their payloads as text. Times are"
                    + " milliseconds since 1970. Binary values (hashes of tokens, keys, payloads) are replaced by their length."
        },
        footer = {
            "",
            "Unanswered: parley sql \"SELECT namespace, topic, count(*) FROM sessions WHERE answered = 0 GROUP BY 1, 2\"",
            "Events:     parley sql \"SELECT seq, side, type FROM conversation WHERE code = 'tea-at-five'\"",
            "Columns:    parley sql \"SELECT name, type FROM pragma_table_info('sessions')\"",
            "",
            "Exit code 1: the statement is refused, or takes longer than --timeout."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class SqlCommand extends StoreCommand implements Runnable {
    private static final Duration TIMEOUT_MIN = Duration.ofMillis(1);
    private static final Duration TIMEOUT_MAX = Duration.ofMinutes(5);
    private static final int ROWS_MAX = 1_000_000;

    @Parameters(paramLabel = "STATEMENT", description = "One SELECT, WITH, VALUES or EXPLAIN statement.")
    String statement;

    @Option(
            names = "--format",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}). table shortens long values.")
    RowPrinter.Format format = RowPrinter.Format.table;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "Maximum number of rows, 1 to 1000000 (default: ${DEFAULT-VALUE}).")
    int rows = 1_000;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "Maximum duration, 1ms to 5m (default: ${DEFAULT-VALUE}).",
            defaultValue = "5s")
    Duration timeout;

    @Override
    public void run() {
        requireArgument(rows >= 1 && rows <= ROWS_MAX, "--rows must be 1 to 1000000");
        requireArgument(
                timeout.compareTo(TIMEOUT_MIN) >= 0 && timeout.compareTo(TIMEOUT_MAX) <= 0,
                "--timeout must be 1ms to 5m");
        var printer = new RowPrinter(out(), format, rows);
        admin.get().query(new ReadOnlyQuery(statement), timeout, printer);
        printer.end();
        if (printer.isCut()) {
            spec.commandLine().getErr().println("There are more than " + rows + " rows; --rows prints more.");
        }
    }
}
