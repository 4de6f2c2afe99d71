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

/** The packaged service with encryption keys: an altered payload, a backup, a key change and refused starts. */
@Tag("slow")
class EncryptionIT {
    private static final String TOKEN = "the-own-secret-of-an-offerer";
    private static final String CANARY = "ice-pwd:canary";
    private static final String KEYS = "PARLEY_ENCRYPTION_KEYS";

    @TempDir
    Path folder;

    @Test
    void anEncryptedStoreNeedsItsKeysAndRejectsAlteredPayloads() throws IOException, SQLException {
        Path keys = Files.writeString(folder.resolve("keys"), Keys.setting("old") + "\n");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("r--------"));
        try (RunningParley parley = jar().with("PARLEY_ENCRYPTION_KEYS_FILE", keys.toString())
                        .start();
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
            assertThat(parley.log()).doesNotContain(CANARY, Keys.setting("old"));
            assertThat(parley.client().session("two").status()).isEqualTo(200);
            store.execute("DELETE FROM events WHERE session_id = 1");
            store.execute("DELETE FROM sessions WHERE id = 1");

            assertThat(jar().run("backup", "saved.db").code()).isZero();
            assertThat(new String(Files.readAllBytes(folder.resolve("saved.db")), StandardCharsets.ISO_8859_1))
                    .doesNotContain(CANARY);
            parley.stop();
        }
        assertThat(jar().with(KEYS, Keys.setting("new")).run().refusal()).contains("parley.encryption.keys", "\"old\"");
        String both = Keys.setting("new") + "," + Keys.setting("old");
        try (RunningParley parley = jar().with(KEYS, both).start()) {
            assertThat(parley.client().session("two").status()).isEqualTo(200);
            parley.client().open("three", TOKEN, "an offer", List.of());
            assertThat(jar().with(KEYS, both).run("doctor").out())
                    .contains("live payloads per key: \"new\" 1, \"old\" 1");
        }
    }

    private ParleyJar jar() {
        return ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:parley.db");
    }
}
