package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The start: the configuration is logged in three lines, and an invalid file or setting is reported in one line that names it. Which
 * files and addresses are invalid is tested beside the classes that check them.
 */
class StartIT {
    @TempDir
    Path folder;

    @Test
    void theStartIsLoggedInThreeLinesWithoutSecrets() {
        ParleyJar ice = ParleyJar.in(folder)
                .with("PARLEY_ICE_STUN", "stun:a.example,stun:b.example")
                .with("PARLEY_ICE_TURN", "turn:a.example")
                .with("PARLEY_ICE_TURN_SECRET", "swordfish-swordfish");
        try (RunningParley parley = ice.start()) {
            assertThat(folder.resolve("data/parley.db")).as("the default store").isRegularFile();
            // Health may be answered before the last line is written.
            await().untilAsserted(() -> assertThat(parley.log().lines())
                    .satisfiesOnlyOnce(line -> assertThat(line).containsPattern("Parley \\d+\\.\\d+"))
                    .satisfiesOnlyOnce(line -> assertThat(line)
                            .contains("parley.store.url=sqlite:data/parley.db")
                            .contains("parley.ice.stun=stun:a.example,stun:b.example")
                            .contains("parley.ice.turn-secret=***"))
                    .satisfiesOnlyOnce(
                            line -> assertThat(line).contains(parley.uri().toString()))
                    .hasSize(3));
            assertThat(parley.out()).as("standard output").isEmpty();
            assertThat(parley.log()).doesNotContain("swordfish");
        }
        assertRefused(ice.with("PARLEY_ICE_TURN_SECRET", "swordfish"), "parley.ice.turn-secret")
                .doesNotContain("swordfish");
    }

    @Test
    void aTextFileIsRejected() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.txt"), "not a database, but longer than its header\n");
        assertRefused(jar(file), file.toString());
    }

    @Tag("slow")
    @Test
    void aRejectedUrlIsNotLogged() {
        assertRefused(
                        jar(folder).with("PARLEY_STORE_URL", "mysql://joe:swordfish@192.0.2.1/parley"),
                        "parley.store.url")
                .doesNotContain("swordfish");
    }

    @Tag("slow")
    @Test
    void everyInvalidSettingIsNamed() {
        assertNamed(Map.of(
                "parley.log.format", "xml",
                "parley.limits.json-depth", "many",
                "parley.cors.origins", "https://a.example/",
                "parley.expiry.schedule", "nonsense",
                "parley.expiry.cron", "0 61 * * * ?",
                "parley.log.slow", "soon",
                "parley.access", "closed",
                "parley.no-such-key", "1"));
        assertNamed(Map.of(
                "parley.limits.page", "0",
                "parley.http.drain", "301s",
                "parley.expiry.schedule", "0s",
                "parley.waiting.max", "31s",
                "parley.traces.ratio", "2"));
        assertNamed(Map.of(
                "quarkus.http.idle-timeout", "soon",
                "quarkus.http.io-threads", "many",
                "quarkus.management.port", "x",
                "quarkus.datasource.sqlite.jdbc.max-size", "x"));
        assertNamed(Map.of("parley.expiry.schedule", ""));
        assertNamed(Map.of("parley.log.slow", ""));
        // Quarkus reports this one without its name.
        assertNamed(Map.of("quarkus.thread-pool.max-threads", "0"));
    }

    private void assertNamed(Map<String, String> settings) {
        ParleyJar jar = jar(folder.resolve("parley.db"));
        for (var setting : settings.entrySet()) {
            jar = jar.withOption("-D" + setting.getKey() + "=" + setting.getValue());
        }
        assertThat(jar.run().refusal()).contains(settings.keySet());
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({
        "quarkus.http.port, QUARKUS_HTTP_PORT",
        "quarkus.management.port, QUARKUS_MANAGEMENT_PORT",
    })
    void aPortInUseIsReportedWithItsSetting(String key, String variable) throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertRefused(jar(folder.resolve("parley.db")).withOption("-D" + key + "=" + taken.getLocalPort()), key)
                    .contains(Integer.toString(taken.getLocalPort()), variable);
        }
    }

    @Tag("slow")
    @Test
    void equalPortsAndAForeignHostAreRejected() {
        ParleyJar jar = jar(folder.resolve("parley.db"));
        int port = FreePort.choose();
        assertRefused(
                        jar.withOption("-Dquarkus.http.port=" + port).withOption("-Dquarkus.management.port=" + port),
                        "quarkus.management.port")
                .contains("quarkus.http.port", Integer.toString(port));
        assertRefused(
                        jar.with("PARLEY_ACCESS", "open").withOption("-Dquarkus.http.host=192.0.2.7"),
                        "quarkus.http.host")
                .contains("192.0.2.7");
    }

    /** A container mounts such a file, to keep a password out of the environment. */
    @Tag("slow")
    @Test
    void settingsMayBeInAFileAndAMisspeltVariableIsReported() throws IOException {
        Path settings = Files.writeString(
                folder.resolve("store.properties"), "parley.store.url=sqlite:" + folder.resolve("named.db"));
        // For a service named parley, Kubernetes sets unknown variables, so they do not stop the start.
        try (RunningParley parley = ParleyJar.in(folder)
                .with("QUARKUS_CONFIG_LOCATIONS", settings.toString())
                .with("PARLEY_STORE_URI", "sqlite:elsewhere.db")
                .start()) {
            assertThat(folder.resolve("named.db")).isRegularFile();
            await().untilAsserted(() -> assertThat(parley.log().lines())
                    .satisfiesOnlyOnce(line -> assertThat(line).contains("WARN", "PARLEY_STORE_URI")));
        }
        assertThat(folder.resolve("elsewhere.db")).doesNotExist();
    }

    @Tag("slow")
    @Test
    void aKilledServerLeavesNoLibraryInTheTemporaryFolder() throws IOException {
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        ParleyJar jar = jar(folder.resolve("parley.db"));
        try (RunningParley parley =
                jar.withOption("-Djava.io.tmpdir=" + temporary).start()) {
            assertThat(parley.client().session("a-session").status()).isEqualTo(404);
            parley.kill();
        }
        try (var left = Files.walk(temporary)) {
            assertThat(left).noneMatch(file -> file.toString().contains("sqlite"));
        }
        Path missing = folder.resolve("missing");
        assertRefused(jar.withOption("-Dorg.sqlite.tmpdir=" + missing), missing.toString());
    }

    private ParleyJar jar(Path store) {
        return ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:" + store);
    }

    /** Returns checks of the one line that is reported. */
    private static AbstractStringAssert<?> assertRefused(ParleyJar jar, String name) {
        return assertThat(jar.run().refusal()).contains(name);
    }
}
