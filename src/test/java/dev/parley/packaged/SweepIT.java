package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sweeps by a command beside a server without a schedule, and by a server on its schedule. Sessions are made to expire in the file.
 */
@Tag("slow")
class SweepIT {
    private static final String TOKEN = "the-own-secret-of-an-offerer";

    @TempDir
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static RunningParley parley;

    @BeforeAll
    static void start() {
        parley = jar("parley.db").with("PARLEY_EXPIRY_SCHEDULE", "off").start();
    }

    @AfterAll
    static void stop() {
        parley.close();
    }

    @Test
    void aSweepBlocksNoWriter() throws SQLException {
        try (ConcurrentPeers before = ConcurrentPeers.actingOn(parley.client(), 8, 1, 1_000)) {
            before.awaitAcknowledgements();
        }
        try (OutsideConnection store = store("parley.db")) {
            int expired = store.execute("UPDATE sessions SET expires_at = 1");
            try (ConcurrentPeers during = ConcurrentPeers.actingOn(parley.client(), 2, 2, 100)) {
                during.awaitAcknowledgements();
                assertSwept(expired);
                during.leave();
                assertThat(during.unexpected()).isEmpty();
                during.sessions().forEach(session -> session.assertKeptBy(parley.client()));
            }
        }
    }

    @Test
    void aServerSweepsOnScheduleUnlessDisabled() throws SQLException {
        ParleyJar sweeping = jar("swept.db").with("PARLEY_EXPIRY_SCHEDULE", "1s");
        open(parley, "stays-in-the-file");
        try (RunningParley other = sweeping.start();
                OutsideConnection unswept = store("parley.db");
                OutsideConnection swept = store("swept.db")) {
            open(other, "goes");
            unswept.expire("stays-in-the-file");
            swept.expire("goes");
            await().until(() -> swept.sessions() == 0);
            assertThat(unswept.execute("DELETE FROM sessions WHERE code = ?", "stays-in-the-file"))
                    .isEqualTo(1);
        }
    }

    private static void open(RunningParley parley, String code) {
        ServerReply reply = parley.client().open(code, TOKEN, "an offer", List.of());
        assertThat(reply.status()).as("%s", reply).isEqualTo(201);
    }

    private static void assertSwept(int sessions) {
        ProcessExit exit = jar("parley.db").run("sweep");
        assertThat(exit).isEqualTo(new ProcessExit(0, deleted(sessions), ""));
    }

    private static String deleted(int sessions) {
        return "{\"deleted\":" + sessions + "}" + System.lineSeparator();
    }

    private static ParleyJar jar(String store) {
        return ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:" + store);
    }

    private static OutsideConnection store(String store) throws SQLException {
        return OutsideConnection.open(folder.resolve(store));
    }
}
