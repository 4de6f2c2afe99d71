package dev.parley.store.postgresql;

import static org.awaitility.Awaitility.await;

import dev.parley.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A real cluster: a primary that fsyncs, and a standby that streams from it. Most tests share one, each with a database of its own;
 * tests that promote a standby start their own.
 */
public final class PostgresCluster implements AutoCloseable {
    /** The location of the shared cluster; a system property, because Quarkus reloads this class for each application. */
    private static final String SHARED = "test.postgres.cluster";

    private final Path folder;
    private final PostgresServer primary;
    private final PostgresServer standby;
    private final boolean shared;

    private PostgresCluster(Path folder, int primaryPort, int standbyPort, String database, boolean shared) {
        this.folder = folder;
        this.primary = new PostgresServer(folder.resolve("primary"), primaryPort, database);
        this.standby = new PostgresServer(folder.resolve("standby"), standbyPort, database);
        this.shared = shared;
    }

    /** The cluster that the tests of this JVM share, with a new database; it stops with the JVM. */
    public static PostgresCluster shared() {
        Properties properties = System.getProperties();
        synchronized (properties) {
            String known = properties.getProperty(SHARED);
            if (known == null) {
                PostgresCluster begun = ofTwo();
                Runtime.getRuntime().addShutdownHook(new Thread(begun::close));
                known = begun.folder + "\n" + begun.primary.port() + "\n" + begun.standby.port();
                properties.setProperty(SHARED, known);
            }
            String[] parts = known.split("\n");
            String database = "test_" + UUID.randomUUID().toString().replace("-", "");
            var cluster = new PostgresCluster(
                    Path.of(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]), database, true);
            cluster.primary.ask("postgres", "CREATE DATABASE " + database + " OWNER parley");
            return cluster;
        }
    }

    /** A primary and a standby for one test. */
    public static PostgresCluster ofTwo() {
        try {
            Path folder = Files.createTempDirectory(
                    Files.createDirectories(Path.of("target", "clusters").toAbsolutePath()), "cluster-");
            var cluster = new PostgresCluster(folder, FreePort.choose(), FreePort.choose(), "parley", false);
            PostgresServer primary = cluster.primary;
            PostgresServer standby = cluster.standby;
            PostgresBinaries.run(
                    "initdb",
                    "-D",
                    primary.folder().toString(),
                    "-U",
                    "postgres",
                    "-A",
                    "trust",
                    "-E",
                    "UTF8",
                    "--locale=C",
                    "--no-sync");
            primary.with(
                    "listen_addresses = '127.0.0.1'",
                    "unix_socket_directories = ''",
                    "fsync = on",
                    "synchronous_commit = on",
                    "wal_keep_size = '512MB'",
                    "shared_buffers = '32MB'",
                    "wal_receiver_status_interval = '1s'",
                    "wal_retrieve_retry_interval = '200ms'");
            PostgresBinaries.copy(primary.folder(), standby.folder());
            Files.createFile(standby.folder().resolve("standby.signal"));
            primary.with("port = " + primary.port());
            standby.with(
                    "port = " + standby.port(),
                    "primary_conninfo = 'host=127.0.0.1 port=" + primary.port()
                            + " user=postgres application_name=standby'");
            primary.start();
            primary.ask("postgres", "CREATE ROLE parley LOGIN PASSWORD 'secret'");
            primary.ask("postgres", "CREATE DATABASE parley OWNER parley");
            standby.start();
            return cluster;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public PostgresServer primary() {
        return primary;
    }

    public PostgresServer standby() {
        return standby;
    }

    /** Both servers as the hosts of one URL; the primary of them accepts writes. */
    public String url() {
        return "postgresql://parley:secret@127.0.0.1:" + primary.port() + ",127.0.0.1:" + standby.port() + "/"
                + primary.database();
    }

    /** Whether commits wait for the standby's disk, from the return on. */
    public void synchronous(boolean on) {
        waitFor(on ? "standby" : "");
        await("the standby is " + (on ? "synchronous" : "asynchronous"))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofMinutes(2))
                .until(() -> primary.ask("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")
                        .equals(on ? "1" : "0"));
    }

    /** Makes commits wait for one more standby, which does not exist: the standby shows them, and the primary does not. */
    void waitForMissingStandby() {
        waitFor("FIRST 2 (standby, nobody)");
    }

    private void waitFor(String standbys) {
        primary.ask("ALTER SYSTEM SET synchronous_standby_names = '" + standbys + "'");
        primary.ask("SELECT pg_reload_conf()");
        await("the setting applies")
                .until(() -> primary.ask("SHOW synchronous_standby_names").equals(standbys));
    }

    /** Stops both servers and deletes their files, unless they are shared. */
    @Override
    public void close() {
        if (shared) {
            return;
        }
        standby.close();
        primary.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
