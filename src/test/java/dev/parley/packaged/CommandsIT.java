package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the jar beside a server that peers write to without a pause, and that commands do not disturb. What each command does
 * is tested beside the classes that do it.
 */
class CommandsIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static RunningParley parley;

    @SuppressWarnings("NullAway.Init")
    private static ConcurrentPeers peers;

    @BeforeAll
    static void start() {
        parley = jar("parley.db").start();
        peers = ConcurrentPeers.actingOn(parley.client(), 2, 1, 100);
        peers.awaitAcknowledgements();
    }

    @AfterAll
    static void stop() {
        peers.leave();
        assertThat(peers.unexpected()).isEmpty();
        peers.sessions().forEach(session -> session.assertKeptBy(parley.client()));
        parley.close();
    }

    @Test
    void statsCountTheStore() throws IOException {
        JsonNode node = JSON.readTree(succeeded(jar("parley.db").run("stats", "--json")));
        assertThat(node.required("sessions").longValue()).isPositive();
        assertThat(node.required("live")).isEqualTo(node.required("sessions"));
        assertThat(node.required("bytes").longValue()).isPositive();
    }

    @Test
    void queriesArePrintedInUtf8AndCannotChangeTheStore() throws IOException {
        String query = "SELECT code, offerer_token, char(228, 8364, 128512) AS text FROM sessions ORDER BY id LIMIT 2";
        ParleyJar jar = jar("parley.db").with("LC_ALL", "C");
        JsonNode rows = JSON.readTree(succeeded(jar.run("sql", query, "--format", "json")));
        assertThat(rows).hasSize(2);
        assertThat(rows.required(0).required("offerer_token").textValue()).isEqualTo("<32 bytes>");
        assertThat(rows.required(1).required("text").textValue()).isEqualTo("\u00e4\u20ac\ud83d\ude00");
        assertRefused(jar.run("sql", "DELETE FROM sessions"), "SELECT");
    }

    @Test
    void theDoctorReportsTheRunningServer() throws IOException {
        JsonNode findings = JSON.readTree(succeeded(jar("parley.db").run("doctor", "--json")))
                .required("findings");
        assertThat(findings.findValuesAsText("found"))
                .anySatisfy(found -> assertThat(found).contains("process " + parley.pid() + " serves"));
        assertThat(findings.findValuesAsText("subject"))
                .contains("versions", "settings", "rights", "schema", "disk", "clock");
    }

    /** Each stops the start of the service; the doctor reports all of them at once. */
    @Tag("slow")
    @Test
    void theDoctorReportsEachInvalidSetting() {
        Map<String, String> wrong = Map.of(
                "parley.session.ttl-min", "25h",
                "parley.waiting.keep-alive", "60s",
                "parley.ice.turn", "turn:turn.example.org",
                "parley.encryption.keys", "k",
                "quarkus.http.host", "0.0.0.0");
        ParleyJar jar = jar("misspelt.db").with("PARLEY_STORE_URI", "sqlite:x");
        for (var setting : wrong.entrySet()) {
            jar = jar.withOption("-D" + setting.getKey() + "=" + setting.getValue());
        }
        ProcessExit exit = jar.run("doctor");
        assertThat(exit.code()).as("%s", exit).isEqualTo(1);
        for (String key : wrong.keySet()) {
            assertThat(exit.out()).contains(key.equals("quarkus.http.host") ? "parley.access" : key);
        }
        assertThat(exit.out()).contains("PARLEY_STORE_URI", "misspelt.db", "→");
        assertThat(folder.resolve("misspelt.db")).doesNotExist();
    }

    @Test
    void aBackupReportsItsContents() throws IOException {
        JsonNode saved = JSON.readTree(succeeded(jar("parley.db").run("backup", "--json", "saved.db")));
        assertThat(saved.required("sessions").longValue()).isPositive();
        assertThat(saved.required("bytes").longValue()).isEqualTo(Files.size(folder.resolve("saved.db")));
        assertRefused(jar("parley.db").run("restore", "saved.db"), "process " + parley.pid());
    }

    @Tag("slow")
    @Test
    void theSchemaIsUpToDateAndASecondServerIsRefused() throws IOException {
        JsonNode migrated = JSON.readTree(succeeded(jar("parley.db").run("migrate", "--json")));
        assertThat(migrated.required("applied")).isEmpty();
        assertRefused(jar("parley.db").run(), "process " + parley.pid());
    }

    @Tag("slow")
    @Test
    void aStoreInUseIsNotSeeded() {
        assertRefused(jar("parley.db").run("seed"), "not created by seed");
        assertRefused(jar("production.db").with("QUARKUS_PROFILE", "prod").run("seed"), "prod");
        assertThat(folder.resolve("production.db")).doesNotExist();
    }

    @Tag("slow")
    @Test
    void aCommandOnAMistypedPathIsRejectedAndCreatesNoStore() {
        assertRefused(jar("misspelt/parley.db").run("sweep"), "misspelt/parley.db");
        assertThat(folder.resolve("misspelt")).doesNotExist();
    }

    private static String succeeded(ProcessExit exit) {
        assertThat(exit.code()).as("%s", exit).isZero();
        assertThat(exit.err()).isEmpty();
        return exit.out();
    }

    private static void assertRefused(ProcessExit exit, String why) {
        assertThat(exit.refusal()).startsWith("parley: ").contains(why);
    }

    private static ParleyJar jar(String store) {
        return ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:" + store);
    }
}
