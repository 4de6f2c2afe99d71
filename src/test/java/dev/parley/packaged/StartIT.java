package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.parley.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The start: what is set is honoured and told in three lines; and with a file or a setting that will not do there is no start
 * at all, but one line that names it, and the file is left alone.
 */
class StartIT {
    private static final String CODE = "a-session";
    private static final String TOKEN = "the-own-secret-of-an-offerer";

    @TempDir
    Path folder;

    @Test
    void theDefaultStoreIsCreatedInTheWorkingDirectory() {
        try (RunningParley parley = ParleyJar.in(folder).startingFast().start()) {
            assertThat(folder.resolve("data/parley.db")).isRegularFile();
            // Health may be answered before the last of them is written.
            await().untilAsserted(() -> assertThat(parley.log().lines())
                    .as("three lines that help")
                    .satisfiesOnlyOnce(line -> assertThat(line).containsPattern("Parley \\d+\\.\\d+"))
                    .satisfiesOnlyOnce(line -> assertThat(line).contains("parley.store.url=sqlite:data/parley.db"))
                    .satisfiesOnlyOnce(
                            line -> assertThat(line).contains(parley.uri().toString()))
                    .hasSize(3));
            assertThat(parley.out()).as("standard output").isEmpty();
        }
    }

    @Tag("slow")
    @Test
    void writesSurviveAnOrderlyRestart() {
        ParleyJar jar = jar(folder.resolve("far/away/p.db"));
        String before;
        try (RunningParley parley = jar.start()) {
            ParleyClient client = parley.client();
            client.open(CODE, TOKEN, "an offer", List.of(TextNode.valueOf("a candidate")));
            client.answer(CODE, "the-own-secret-of-an-answerer", "an answer", List.of());
            before = client.session(CODE).text();
            parley.stop();
        }
        assertThat(folder.resolve("far/away/p.db")).isRegularFile();
        try (RunningParley parley = jar.start()) {
            assertThat(parley.client().session(CODE).text()).isEqualTo(before);
        }
    }

    @Test
    void aTextFileIsRejected() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.txt"), "not a database, but longer than its header\n");
        assertRefusedAndUntouched(file);
    }

    @Tag("slow")
    @Test
    void aFileShorterThanAHeaderIsRejected() throws IOException {
        assertRefusedAndUntouched(Files.writeString(folder.resolve("short.db"), "SQLite"));
    }

    @Tag("slow")
    @Test
    void aTruncatedDatabaseIsRejected() throws IOException, SQLException {
        Path file = anotherApplicationsDatabase();
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 60));
        assertRefusedAndUntouched(file);
    }

    @Tag("slow")
    @Test
    void aDatabaseOfAnotherApplicationIsRejected() throws IOException, SQLException {
        assertRefusedAndUntouched(anotherApplicationsDatabase());
    }

    /** With a write-ahead log it is the reader, too, that leaves files beside it, and cannot clear them away. */
    @Tag("slow")
    @Test
    void aRejectedDatabaseLeavesNoFilesBesideIt() throws IOException, SQLException {
        Path file = anotherApplicationsDatabase();
        try (OutsideConnection recipes = OutsideConnection.open(file)) {
            recipes.execute("PRAGMA journal_mode = WAL");
        }
        assertRefusedAndUntouched(file);
        try (var files = Files.list(folder)) {
            assertThat(files.filter(beside -> beside.getFileName().toString().startsWith("recipes")))
                    .containsExactly(file);
        }
    }

    @Tag("slow")
    @Test
    void aDatabaseOfANewerVersionIsRejected() throws IOException, SQLException {
        Path file = folder.resolve("parley.db");
        assertThat(jar(file).run("migrate").code()).as("a store is made").isZero();
        try (OutsideConnection store = OutsideConnection.open(file)) {
            store.execute(
                    "INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, checksum,"
                            + " installed_by, installed_on, execution_time, success)"
                            + " SELECT installed_rank + 1000, '9999', 'of the future', type, 'V9999__of_the_future.sql', checksum,"
                            + " installed_by, installed_on, execution_time, success FROM flyway_schema_history"
                            + " ORDER BY installed_rank DESC LIMIT 1");
        }
        assertThat(assertRefusedAndUntouched(file)).contains("9999");
    }

    @Tag("slow")
    @Test
    void alteredMigrationsAreRejected() throws IOException, SQLException {
        Path file = folder.resolve("parley.db");
        assertThat(jar(file).run("migrate").code()).as("a store is made").isZero();
        try (OutsideConnection store = OutsideConnection.open(file)) {
            store.execute("UPDATE flyway_schema_history SET checksum = checksum + 1");
        }
        assertRefusedAndUntouched(file);
    }

    @Tag("slow")
    @Test
    void aFolderIsRejected() throws IOException {
        Path directory = Files.createDirectory(folder.resolve("directory.db"));
        assertRefused(jar(directory), directory.toString());
        assertThat(directory).isEmptyDirectory();
    }

    @Tag("slow")
    @Test
    void aFolderThatCannotBeCreatedIsReported() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        assertRefused(jar(file.resolve("parley.db")), file.toString());
        assertThat(file).hasContent("in the way");
    }

    @Tag("slow")
    @Test
    void anUnwritableFolderIsReported() throws IOException {
        try (SmallDisk disk = SmallDisk.in(folder, 1)) {
            disk.makeReadOnly();
            assertRefused(jar(disk.folder().resolve("parley.db")), disk.folder().toString());
        }
    }

    /** As a container mounts it, to keep a password out of the environment. */
    @Tag("slow")
    @Test
    void settingsMayBeInAFile() throws IOException {
        Path settings = Files.writeString(
                folder.resolve("store.properties"),
                "parley.store.url=sqlite:" + folder.resolve("named-in-the-file.db"));
        try (RunningParley parley = ParleyJar.in(folder)
                .with("QUARKUS_CONFIG_LOCATIONS", settings.toString())
                .startingFast()
                .start()) {
            assertThat(parley.isAlive()).isTrue();
            assertThat(folder.resolve("named-in-the-file.db")).isRegularFile();
        }
    }

    /** One of each kind; every bound has a test of its own beside the configuration. */
    @Tag("slow")
    @ParameterizedTest(name = "{0}={1}")
    @CsvSource({
        "parley.store.url, mysql:x",
        "parley.store.url, sqlite:file:parley.db",
        "parley.limits.page, 0",
        "parley.limits.page, many",
        "parley.session.ttl-min, 25h",
        "parley.cors.origins, https://a.example/",
        "parley.http.public-url, parley.example",
        "parley.http.public-url, https://parley.example/below",
        "parley.http.drain, 0s",
        "parley.http.drain, 301s",
        "parley.expiry.schedule, nonsense",
        "parley.expiry.schedule, 0s",
        "parley.expiry.cron, 0 61 * * * ?",
        "parley.waiting.keep-alive, 60s",
        "parley.waiting.max, 31s",
        "parley.ice.turn, turn:turn.example.org",
        "parley.log.slow, soon",
        "parley.log.slow, 0s",
        "parley.log.format, xml",
        "parley.traces.endpoint, collector:4317",
        "parley.traces.ratio, 2",
        "parley.no-such-key, 1",
        "parley.store.size-max, 1K",
        "parley.access, closed",
        "quarkus.http.port, 70000",
        "quarkus.http.host, 0.0.0.0",
        "quarkus.http.idle-timeout, soon",
        "quarkus.http.io-threads, many",
        "quarkus.management.port, x",
        "quarkus.datasource.sqlite.jdbc.max-size, x",
        "quarkus.thread-pool.max-threads, 0",
    })
    void anInvalidSettingIsReported(String key, String value) {
        assertRefused(jar(folder.resolve("parley.db")).withOption("-D" + key + "=" + value), key);
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({
        "quarkus.http.port, QUARKUS_HTTP_PORT",
        "quarkus.management.port, QUARKUS_MANAGEMENT_PORT",
    })
    void aPortInUseIsReportedWithItsSetting(String key, String variable) throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String line = assertRefused(
                    jar(folder.resolve("parley.db")).withOption("-D" + key + "=" + taken.getLocalPort()), key);
            assertThat(line).contains(Integer.toString(taken.getLocalPort()), variable);
        }
    }

    @Tag("slow")
    @Test
    void equalPortsAreRejected() {
        int port = FreePort.choose();
        String line = assertRefused(
                jar(folder.resolve("parley.db"))
                        .withOption("-Dquarkus.http.port=" + port)
                        .withOption("-Dquarkus.management.port=" + port),
                "quarkus.management.port");
        assertThat(line).contains("quarkus.http.port", Integer.toString(port));
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({
        "quarkus.http.host, no-such-host.invalid",
        "quarkus.management.host, no-such-host.invalid",
        "quarkus.http.host, 192.0.2.7",
        "quarkus.management.host, 192.0.2.7",
    })
    void aForeignHostIsReported(String key, String host) {
        String line = assertRefused(
                jar(folder.resolve("parley.db")).with("PARLEY_ACCESS", "open").withOption("-D" + key + "=" + host),
                key);
        assertThat(line).contains(host);
    }

    @Tag("slow")
    @Test
    void aKilledServerLeavesNoLibraryInTheTemporaryFolder() throws IOException {
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        try (RunningParley parley = jar(folder.resolve("parley.db"))
                .withOption("-Djava.io.tmpdir=" + temporary)
                .start()) {
            assertThat(parley.client().session(CODE).status()).isEqualTo(404);
            parley.kill();
        }
        try (var left = Files.walk(temporary)) {
            assertThat(left).noneMatch(file -> file.toString().contains("sqlite"));
        }
    }

    @Tag("slow")
    @Test
    void aMissingTemporaryFolderIsReported() {
        Path missing = folder.resolve("missing");
        assertRefused(
                jar(folder.resolve("parley.db")).withOption("-Dorg.sqlite.tmpdir=" + missing), missing.toString());
    }

    @Tag("slow")
    @Test
    void aRejectedUrlIsNotLogged() {
        String line = assertRefused(
                jar(folder).with("PARLEY_STORE_URL", "mysql://joe:swordfish@192.0.2.1/parley"), "parley.store.url");
        assertThat(line).doesNotContain("swordfish");
    }

    @Test
    void aSecretIsNeverLogged() {
        ParleyJar ice = jar(folder.resolve("parley.db"))
                .with("PARLEY_ICE_STUN", "stun:a.example,stun:b.example")
                .with("PARLEY_ICE_TURN", "turn:a.example")
                .with("PARLEY_ICE_TURN_SECRET", "swordfish-swordfish");
        try (RunningParley parley = ice.start()) {
            await().untilAsserted(() -> assertThat(parley.log().lines())
                    .satisfiesOnlyOnce(line -> assertThat(line)
                            .contains("parley.ice.stun=stun:a.example,stun:b.example")
                            .contains("parley.ice.turn-secret=***"))
                    .hasSize(3));
            assertThat(parley.log()).doesNotContain("swordfish");
        }
        assertThat(assertRefused(ice.with("PARLEY_ICE_TURN_SECRET", "swordfish"), "parley.ice.turn-secret"))
                .doesNotContain("swordfish");
    }

    /** For a service named parley Kubernetes sets such variables, so they are no reason not to start. */
    @Tag("slow")
    @Test
    void aMisspeltVariableIsReported() {
        try (RunningParley parley = ParleyJar.in(folder)
                .with("PARLEY_STORE_URI", "sqlite:elsewhere.db")
                .start()) {
            await().untilAsserted(() -> assertThat(parley.log().lines())
                    .satisfiesOnlyOnce(line -> assertThat(line).contains("WARN", "PARLEY_STORE_URI")));
        }
        assertThat(folder.resolve("elsewhere.db")).doesNotExist();
    }

    private ParleyJar jar(Path store) {
        return ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:" + store).startingFast();
    }

    private String assertRefusedAndUntouched(Path file) throws IOException {
        byte[] before = Files.readAllBytes(file);
        String line = assertRefused(jar(file), file.toString());
        assertThat(file).hasBinaryContent(before);
        return line;
    }

    /** Returns the one line that the operator gets to read. */
    private static String assertRefused(ParleyJar jar, String name) {
        String line = jar.run().refusal();
        assertThat(line).contains(name);
        return line;
    }

    private Path anotherApplicationsDatabase() throws SQLException {
        Path file = folder.resolve("recipes.db");
        try (OutsideConnection recipes = OutsideConnection.open(file)) {
            recipes.execute("CREATE TABLE recipes (name TEXT, text TEXT)");
            recipes.execute("INSERT INTO recipes VALUES ('bread', 'flour, water, salt, time')");
        }
        return file;
    }
}
