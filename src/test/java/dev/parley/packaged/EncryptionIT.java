package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.parley.store.crypto.Keys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service with encryption keys: refused starts, changed payloads, and a change of keys. */
@Tag("slow")
class EncryptionIT {
    private static final String TOKEN = "the-own-secret-of-an-offerer";
    private static final String CANARY = "ice-pwd:canary";
    private static final String KEYS = "PARLEY_ENCRYPTION_KEYS";

    @TempDir
    Path folder;

    @Test
    void aKeyChangeUnderLoadDisturbsNoRequest() throws IOException, SQLException {
        try (RunningParley parley = jar().with(KEYS, Keys.setting("old")).start();
                ConcurrentPeers crowd = ConcurrentPeers.actingOn(parley.client(), 2, 1, 300)) {
            crowd.awaitAcknowledgements();
            crowd.leave();
            parley.stop();
        }
        assertRefused(jar().with(KEYS, Keys.setting("new")), "\"old\"");
        try (RunningParley parley = jar().with(KEYS, keys("new", "old")).start();
                ConcurrentPeers crowd = ConcurrentPeers.actingOn(parley.client(), 2, 2, 100)) {
            crowd.awaitAcknowledgements();
            crowd.leave();
            assertThat(crowd.surprises()).isEmpty();
            crowd.sessions().forEach(session -> session.assertKeptBy(parley.client()));
            assertThat(jar().with(KEYS, keys("new", "old")).run("doctor").out())
                    .containsPattern("live payloads per key: \"new\" [1-9]\\d*, \"old\" [1-9]");
            assertThat(parley.log()).doesNotContain(keys("new", "old"), Keys.setting("old"));
            parley.stop();
        }
        try (OutsideConnection store = OutsideConnection.open(folder.resolve("parley.db"))) {
            store.execute("UPDATE sessions SET expires_at = 0"); // as if time had passed
        }
        try (RunningParley parley = jar().with(KEYS, Keys.setting("new")).start()) {
            assertThat(parley.client().health().status()).isEqualTo(200);
        }
        assertRefused(jar().with(KEYS, Keys.setting("old")), "\"new\"");
    }

    @Test
    void anEncryptedStoreDoesNotStartWithoutItsKeyAndRejectsAlteredValues() throws IOException, SQLException {
        Path keys = Files.writeString(folder.resolve("keys"), Keys.setting("k") + "\n");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-r--r--"));
        ParleyJar sealed = jar().with("PARLEY_ENCRYPTION_KEYS_FILE", keys.toString());
        assertThat(refusal(sealed)).contains("parley.encryption.keys-file", "chmod 400");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("r--------"));

        try (RunningParley parley = sealed.start();
                OutsideConnection store = OutsideConnection.open(folder.resolve("parley.db"))) {
            parley.client().open("one", TOKEN, CANARY, List.of(TextNode.valueOf(CANARY)));
            parley.client().open("two", TOKEN, "another", List.of());
            assertThat(parley.client().session("one").text()).contains(CANARY);
            store.execute("UPDATE sessions SET checksum = NULL");
            store.execute("UPDATE events SET checksum = NULL,"
                    + " payload = (SELECT payload FROM events WHERE session_id = 2) WHERE session_id = 1 AND seq = 1");

            ServerReply reply = parley.client().session("one");

            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.text()).doesNotContain("another", CANARY);
            assertThat(parley.log().lines().filter(line -> line.contains("event 1 of the session with the id 1")))
                    .hasSize(1);
            assertThat(parley.log()).doesNotContain(CANARY);
            assertThat(parley.client().session("two").status()).isEqualTo(200);

            ProcessExit backup = jar().run("backup", "saved.db");
            assertThat(backup.code()).as("%s", backup).isZero();
            assertThat(new String(Files.readAllBytes(folder.resolve("saved.db")), StandardCharsets.ISO_8859_1))
                    .doesNotContain(CANARY);
            ProcessExit sql =
                    jar().run("sql", "SELECT payload FROM conversation WHERE code = 'two'", "--format", "json");
            assertThat(sql.out()).as("%s", sql).contains("(sealed, ");
            parley.stop();
        }
        assertRefused(jar(), "\"k\"");
        assertThat(refusal(jar().with(KEYS, Keys.otherSetting("k")))).contains("parley.encryption.keys", "\"k\"");
    }

    private static void assertRefused(ParleyJar jar, String... words) {
        assertThat(refusal(jar)).contains("parley.encryption.keys").contains(words);
    }

    private static String refusal(ParleyJar jar) {
        ProcessExit exit = jar.run();
        assertThat(exit.code()).as("%s", exit).isEqualTo(1);
        assertThat(exit.err().lines()).singleElement().asString().startsWith("parley: ");
        return exit.err();
    }

    private static String keys(String first, String second) {
        return Keys.setting(first) + "," + Keys.setting(second);
    }

    private ParleyJar jar() {
        return ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:parley.db").startingFast();
    }
}
