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

/** The commands beside one server that peers write to all the time: each does its work, or says in a line why not, and no peer notices. */
class UpkeepIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static RunningParley parley;

    @SuppressWarnings("NullAway.Init")
    private static ConcurrentPeers crowd;

    @BeforeAll
    static void start() {
        parley = jar("parley.db").start();
        crowd = ConcurrentPeers.actingOn(parley.client(), 2, 1, 100);
        crowd.awaitAcknowledgements();
    }

    @AfterAll
    static void stop() {
        crowd.leave();
        assertThat(crowd.surprises()).isEmpty();
        crowd.sessions().forEach(session -> session.assertKeptBy(parley.client()));
        parley.close();
    }

    @Tag("slow")
    @Test
    void theSchemaIsUpToDate() throws IOException {
        ProcessExit exit = jar("parley.db").run("migrate", "--json");
        assertThat(exit.code()).isZero();
        assertThat(exit.err()).isEmpty();
        assertThat(JSON.readTree(exit.out()).required("applied")).isEmpty();
    }

    @Test
    void aQueryIsPrintedAsTableJsonAndCsv() throws IOException {
        String question = "SELECT code, offerer_token, NULL AS absent FROM sessions ORDER BY id LIMIT 2";
        ProcessExit table = jar("parley.db").run("sql", question);
        ProcessExit json = jar("parley.db").run("sql", question, "--format", "json");
        ProcessExit csv = jar("parley.db").run("sql", question, "--format=csv", "--rows=1");

        assertThat(json.err()).isEmpty();
        JsonNode rows = JSON.readTree(json.out());
        assertThat(rows).hasSize(2);
        String code = rows.required(0).required("code").textValue();
        assertThat(rows.required(0).required("offerer_token").textValue()).isEqualTo("<32 bytes>");
        assertThat(rows.required(0).required("absent").isNull()).isTrue();
        assertThat(table.out().lines())
                .hasSize(4)
                .element(2)
                .asString()
                .startsWith(code)
                .contains("<32 bytes>");
        assertThat(csv.out()).isEqualTo("code,offerer_token,absent\r\n" + code + ",<32 bytes>,\r\n");
        assertThat(csv.err()).contains("--rows");
    }

    @Tag("slow")
    @Test
    void anInvalidQueryIsRejectedInOneLine() {
        assertRefused(jar("parley.db").run("sql", "DELETE FROM sessions"), "SELECT");
        assertThat(jar("parley.db").run("sql", "SELECT 1", "--timeout", "soon").code())
                .isEqualTo(2);
    }

    @Tag("slow")
    @Test
    void outputIsUtf8InEveryLocale() {
        ProcessExit exit =
                jar("parley.db").with("LC_ALL", "C").run("sql", "SELECT char(228, 8364, 128512)", "--format", "csv");
        assertThat(exit.out()).as("%s", exit).contains("\u00e4\u20ac\ud83d\ude00");
    }

    @Tag("slow")
    @Test
    void statsCountTheStore() throws IOException {
        ProcessExit exit = jar("parley.db").run("stats", "--json");
        assertThat(exit.code()).as("%s", exit).isZero();
        JsonNode node = JSON.readTree(exit.out());
        assertThat(node.required("sessions").longValue()).isPositive();
        assertThat(node.required("live")).isEqualTo(node.required("sessions"));
        assertThat(node.required("events").longValue())
                .isGreaterThan(node.required("sessions").longValue());
        assertThat(node.required("bytes").longValue()).isPositive();
        assertThat(node.required("lagBytes").longValue()).isZero();
        assertThat(jar("parley.db").run("stats").out().lines())
                .hasSize(2)
                .first()
                .asString()
                .contains("waiting", "topics");
        assertRefused(jar("misspelt.db").run("stats"), "misspelt.db");
    }

    @Test
    void theDoctorReportsARunningServer() throws IOException {
        ProcessExit exit = jar("parley.db").run("doctor", "--json");
        assertThat(exit.code()).as("%s", exit).isZero();
        JsonNode findings = JSON.readTree(exit.out()).required("findings");
        assertThat(findings)
                .anySatisfy(finding -> assertThat(finding.required("found").textValue())
                        .contains("process " + parley.pid() + " serves"));
        assertThat(findings.findValuesAsText("subject"))
                .contains("versions", "settings", "rights", "schema", "disk", "clock");
    }

    @Tag("slow")
    @Test
    void theDoctorNamesTheRemedy() {
        ProcessExit exit =
                jar("misspelt.db").with("PARLEY_STORE_URI", "sqlite:x").run("doctor");
        assertThat(exit.code()).isEqualTo(1);
        assertThat(exit.out()).contains("PARLEY_STORE_URI", "misspelt.db", "→");
        assertThat(folder.resolve("misspelt.db")).doesNotExist();
    }

    /** Each stops the start of the service; the doctor names all of them at once. */
    @Tag("slow")
    @Test
    void theDoctorReportsEachInvalidSetting() {
        Map<String, String> wrong = Map.of(
                "parley.session.ttl-min", "25h",
                "parley.waiting.keep-alive", "60s",
                "parley.ice.turn", "turn:turn.example.org",
                "parley.encryption.keys", "k",
                "quarkus.http.host", "0.0.0.0");
        ParleyJar jar = jar("parley.db");
        for (var setting : wrong.entrySet()) {
            jar = jar.withOption("-D" + setting.getKey() + "=" + setting.getValue());
        }
        ProcessExit exit = jar.run("doctor");
        assertThat(exit.code()).as("%s", exit).isEqualTo(1);
        for (String key : wrong.keySet()) {
            assertThat(exit.out()).contains(key.equals("quarkus.http.host") ? "parley.access" : key);
        }
    }

    @Test
    void aBackupReportsItsContents() throws IOException {
        ProcessExit line = jar("parley.db").run("backup", "saved.db");
        assertThat(line.code()).as("%s", line).isZero();
        assertThat(line.out()).hasLineCount(1).matches("Saved \\d+ sessions with \\d+ events, .* to saved\\.db\\R");
        assertThat(line.err()).isEmpty();
        assertThat(folder.resolve("saved.db")).isRegularFile();

        ProcessExit exit = jar("parley.db").run("backup", "--json", "told.db");
        assertThat(JSON.readTree(exit.out()).required("sessions").longValue()).isPositive();
        assertThat(JSON.readTree(exit.out()).required("bytes").longValue())
                .isEqualTo(Files.size(folder.resolve("told.db")));
    }

    @Tag("slow")
    @Test
    void aServedStoreIsNeitherReplacedNorServedTwice() {
        assertThat(jar("parley.db").run("backup", "kept.db").code()).isZero();
        String process = "process " + parley.pid();
        assertRefused(jar("parley.db").run("restore", "kept.db"), process);
        assertRefused(jar("parley.db").run(), process);
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
    void seedDataIsAddedOnce() {
        assertThat(jar("seeded.db").run("seed").out()).contains("12 of them new");
        ProcessExit again = jar("seeded.db").run("seed", "--json", "--sessions", "13");
        assertThat(again.out().strip()).isEqualTo("{\"sessions\":13,\"new\":1,\"namespace\":\"unknown\"}");
    }

    private static void assertRefused(ProcessExit exit, String why) {
        assertThat(exit.code()).as("%s", exit).isEqualTo(1);
        assertThat(exit.out()).isEmpty();
        assertThat(exit.err().lines())
                .singleElement()
                .asString()
                .startsWith("parley: ")
                .contains(why);
    }

    private static ParleyJar jar(String store) {
        return ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:" + store).startingFast();
    }
}
