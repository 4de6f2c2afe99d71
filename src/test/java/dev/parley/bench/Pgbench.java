package dev.parley.bench;

import dev.parley.store.postgresql.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * PostgreSQL's own benchmark, an installed program (on Debian in the package of the server); {@code -Dparley.bench.pgbench} says
 * where where it is not on the path. Without it there is nothing to hold the service against, and the figure is NaN.
 */
final class Pgbench {
    private static final String PROGRAM = System.getProperty("parley.bench.pgbench", "pgbench");
    private static final String DATABASE = "bench";
    private static final Pattern PER_SECOND = Pattern.compile("tps = ([0-9.]+)");

    private final PostgresServer server;
    private final boolean installed;

    private Pgbench(PostgresServer server, boolean installed) {
        this.server = server;
        this.installed = installed;
    }

    /** Makes its tables, in a database of their own. */
    static Pgbench on(PostgresServer server) throws IOException {
        server.ask("CREATE DATABASE " + DATABASE);
        try {
            var pgbench = new Pgbench(server, true);
            pgbench.run(List.of("--initialize", "--scale=10", "--quiet"));
            return pgbench;
        } catch (IOException e) {
            System.out.printf(Locale.ROOT, "There is no pgbench: %s%n", e.getMessage());
            return new Pgbench(server, false);
        }
    }

    /** Transactions a second of its simple update: one UPDATE, one SELECT and one INSERT. */
    double simpleUpdates(int clients, Duration time) throws IOException {
        if (!installed) {
            return Double.NaN;
        }
        String out = run(List.of("--skip-some-updates", "--client=" + clients, "--time=" + time.toSeconds()));
        Matcher perSecond = PER_SECOND.matcher(out);
        if (!perSecond.find()) {
            throw new IOException("pgbench did not tell its rate: " + out);
        }
        return Double.parseDouble(perSecond.group(1));
    }

    private String run(List<String> options) throws IOException {
        var command =
                new ArrayList<>(List.of(PROGRAM, "--host=127.0.0.1", "--port=" + server.port(), "--username=postgres"));
        command.addAll(options);
        command.add(DATABASE);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
