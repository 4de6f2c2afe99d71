package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.CampaignSize;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A backup is made while peers write, and restored, in each round: it contains every write acknowledged before it began and one
 * committed state of the concurrent writes, and bookmarks from before the restore are reset.
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
        try (ConcurrentPeers peers = ConcurrentPeers.actingOn(client, 4, 2L * round, 100)) {
            peers.awaitAcknowledgements();
            peers.leave();
            return peers.sessions();
        }
    }

    /** Returns the events of each session that peers wrote to while the backup was made. */
    private Map<String, List<JsonNode>> writtenDuringABackup(ParleyClient client, int round) {
        try (ConcurrentPeers peers = ConcurrentPeers.actingOn(client, 4, 2L * round + 1, 1)) {
            peers.awaitAcknowledgements();
            ProcessExit backup = jar().run("backup", BACKUP);
            peers.leave();
            assertDone(backup);
            assertThat(peers.unexpected()).isEmpty();
            var written = new HashMap<String, List<JsonNode>>();
            peers.sessions().forEach(session -> written.put(session.code(), events(client, session.code())));
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

    private ParleyJar jar() {
        return ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:parley.db");
    }
}
