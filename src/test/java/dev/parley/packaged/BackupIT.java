package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.CampaignCounts;
import dev.parley.CampaignSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A backup is made while peers write, and restored, many times over: it holds all that was acknowledged before it began, and one
 * committed state of what was written meanwhile; and bookmarks of the time before the restore are those of another history.
 *
 * <p>{@code -Dparley.backup.rounds=20} does so twenty times instead of twice.
 */
@Tag("campaign")
class BackupIT {
    private static final int ROUNDS = CampaignSize.of("parley.backup.rounds", 2);
    private static final String BACKUP = "backup.db";

    @TempDir
    Path folder;

    @Test
    void aBackupUnderLoadIsRestoredWholeAndBeginsANewHistory() throws SQLException {
        System.out.printf("BackupIT: -Dparley.backup.rounds=%d%n", ROUNDS);
        var kept = new ArrayList<AcknowledgedSession>();
        Map<String, List<JsonNode>> during = Map.of();
        var bookmarks = new ArrayList<String>();
        for (int round = 0; round < ROUNDS; round++) {
            try (RunningParley parley = jar().start()) {
                assertRestored(parley.client(), kept, during, bookmarks);
                kept.addAll(written(parley.client(), round));
                bookmarks.add(bookmark(parley.client()));
                during = writtenDuringABackup(parley.client(), round);
                bookmarks.add(bookmark(parley.client()));
            }
            assertDone(jar().run("restore", BACKUP));
        }
        try (RunningParley parley = jar().start()) {
            assertRestored(parley.client(), kept, during, bookmarks);
        }
        try (OutsideConnection store = OutsideConnection.open(folder.resolve("parley.db"))) {
            assertThat(store.value("PRAGMA integrity_check")).isEqualTo("ok");
        }
        CampaignCounts.count(ROUNDS, "backups restored");
    }

    private static void assertDone(ProcessExit exit) {
        assertThat(exit.code()).as("%s", exit).isZero();
        assertThat(exit.out()).hasLineCount(1).contains(BACKUP);
        assertThat(exit.err()).isEmpty();
    }

    private static void assertRestored(
            ParleyClient client,
            List<AcknowledgedSession> kept,
            Map<String, List<JsonNode>> during,
            List<String> bookmarks) {
        kept.forEach(session -> session.assertKeptBy(client));
        during.forEach((code, events) -> {
            List<JsonNode> restored = events(client, code);
            assertThat(restored).as("%s", code).isEqualTo(events.subList(0, restored.size()));
        });
        for (String bookmark : bookmarks) {
            assertThat(isReset(client.getSince(bookmark, "/api/v1/topics")))
                    .as(bookmark)
                    .isTrue();
        }
        assertThat(isReset(client.getSince(bookmark(client), "/api/v1/topics"))).isFalse();
    }

    private static List<AcknowledgedSession> written(ParleyClient client, int round) {
        try (ConcurrentPeers crowd = ConcurrentPeers.actingOn(client, 4, 2L * round, 100)) {
            crowd.awaitAcknowledgements();
            crowd.leave();
            return crowd.sessions();
        }
    }

    /** Returns what each session came to hold that peers wrote in while the backup was made. */
    private Map<String, List<JsonNode>> writtenDuringABackup(ParleyClient client, int round) {
        try (ConcurrentPeers crowd = ConcurrentPeers.actingOn(client, 4, 2L * round + 1, 1)) {
            crowd.awaitAcknowledgements();
            ProcessExit backup = jar().run("backup", BACKUP);
            crowd.leave();
            assertDone(backup);
            assertThat(crowd.surprises()).isEmpty();
            var written = new HashMap<String, List<JsonNode>>();
            crowd.sessions().forEach(session -> written.put(session.code(), events(client, session.code())));
            return written;
        }
    }

    private static List<JsonNode> events(ParleyClient client, String code) {
        var events = new ArrayList<JsonNode>();
        ServerReply reply = client.events(code);
        if (reply.status() == 200) {
            reply.json().required("events").forEach(events::add);
        }
        return events;
    }

    private static String bookmark(ParleyClient client) {
        return client.get("/api/v1/topics")
                .headers()
                .firstValue("x-d1-bookmark")
                .orElseThrow();
    }

    private static boolean isReset(ServerReply reply) {
        assertThat(reply.status()).as("%s", reply).isEqualTo(200);
        return reply.headers().firstValue("x-bookmark-status").equals(Optional.of("reset"));
    }

    /** Stands for a power cut, as far as a process can. */
    @Test
    void aBackupThatIsKilledLeavesTheOldOne() throws IOException, SQLException {
        assertThat(jar().run("migrate").code()).isZero();
        insertSessions(40_000);
        assertThat(jar().run("backup", BACKUP).code()).isZero();
        byte[] old = Files.readAllBytes(folder.resolve(BACKUP));
        insertSessions(1);

        killABackupHalfway();

        assertThat(Files.readAllBytes(folder.resolve(BACKUP))).isEqualTo(old);
        assertDone(jar().run("backup", BACKUP));
        try (OutsideConnection backup = OutsideConnection.open(folder.resolve(BACKUP))) {
            assertThat(backup.sessions()).isEqualTo(40_001);
        }
        assertThat(folder.resolve(BACKUP + ".partial")).doesNotExist();
    }

    private void killABackupHalfway() {
        Path partial = folder.resolve(BACKUP + ".partial");
        try (LaunchedJar backup = jar().launchCommand("backup", BACKUP)) {
            await().atMost(Duration.ofMinutes(3))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> Files.exists(partial));
            backup.kill();
        }
        assertThat(partial).as("the backup was broken off").exists();
    }

    private void insertSessions(int sessions) throws SQLException {
        try (OutsideConnection store = OutsideConnection.open(folder.resolve("parley.db"))) {
            store.execute("""
                    INSERT INTO sessions (namespace, code, tags, generation, seq, answered, offer_candidates, answer_candidates,
                                          created_at, expires_at)
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
                    SELECT 'unknown', hex(randomblob(8)), '', 1, 1, 0, 0, 0, 1, 1 FROM n""", sessions);
            store.execute("""
                    INSERT INTO events (session_id, seq, generation, kind, payload)
                    SELECT id, 1, 1, 1, randomblob(1000) FROM sessions
                    WHERE id NOT IN (SELECT session_id FROM events)""");
        }
    }

    private ParleyJar jar() {
        return ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:parley.db").startingFast();
    }
}
