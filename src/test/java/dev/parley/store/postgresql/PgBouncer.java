package dev.parley.store.postgresql;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An installed pgbouncer in front of one server, in a process of its own on the loopback interface. */
final class PgBouncer implements AutoCloseable {
    private static final Path DEBIANS = Path.of("/usr/sbin/pgbouncer");

    private static final Path GUIDE = Path.of("src/site/markdown/postgresql.md");
    private static final Pattern CONFIGURATION = Pattern.compile("```ini\n(.*?)```", Pattern.DOTALL);

    private final Process process;
    private final int port;

    private PgBouncer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static void assumeInstalled() {
        assumeTrue(Files.isExecutable(DEBIANS), "pgbouncer is not installed");
    }

    /**
     * Starts it as the guide configures it, in session mode, and waits until it listens.
     *
     * @param folder for its configuration and its log
     * @param settings more lines of its configuration; they come last and take precedence
     */
    static PgBouncer before(PostgresServer server, Path folder, String... settings) {
        int port = FreePort.choose();
        Path users = folder.toAbsolutePath().resolve("users-" + port);
        Path configuration = folder.toAbsolutePath().resolve("pgbouncer-" + port + ".ini");
        try {
            Files.writeString(users, "\"parley\" \"\"\n");
            Files.writeString(
                    configuration,
                    guide().replace("parley = host=db1 port=5432", "* = host=127.0.0.1 port=" + server.port())
                                    .replace("6432", Integer.toString(port))
                                    .replace("scram-sha-256", "trust")
                                    .replace("/etc/pgbouncer/userlist.txt", users.toString())
                            + "unix_socket_dir =\n" + String.join("\n", settings) + "\n");
            var command = new ArrayList<String>();
            if (System.getProperty("user.name").equals("root")) {
                command.addAll(List.of("unshare", "-U")); // it refuses to run as root
            }
            command.addAll(List.of(DEBIANS.toString(), configuration.toString()));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(configuration
                            .resolveSibling("pgbouncer-" + port + ".log")
                            .toFile())
                    .start();
            await("pgbouncer starts")
                    .atMost(Duration.ofSeconds(30))
                    .failFast("pgbouncer has ended; see its log in " + folder, () -> !process.isAlive())
                    .until(() -> listens(port));
            return new PgBouncer(process, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String guide() throws IOException {
        Matcher configuration = CONFIGURATION.matcher(Files.readString(GUIDE));
        if (!configuration.find()) {
            throw new IllegalStateException("The guide configures no pgbouncer");
        }
        return configuration.group(1);
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    String url(PostgresCluster cluster) {
        return "postgresql://parley@127.0.0.1:" + port + "/" + cluster.primary().database();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
