package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.CampaignSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A full disk: writes are rejected with a reason, reads continue, and writes resume when there is space again. Each round fills the
 * disk.
 */
@Tag("campaign")
class DiskFullIT {
    private static final int ROUNDS = CampaignSize.of("parley.disk.rounds", 2);
    private static final int DISK_MEGABYTES = 6;
    private static final int BALLAST_MEGABYTES = 3;

    /** More sessions with the offer below than fit on the disk. */
    private static final int SESSIONS_MAX = 1_000;

    private static final String OFFER = "a=candidate\r\n".repeat(1_000);

    @TempDir
    Path folder;

    private final List<AcknowledgedSession> sessions = new ArrayList<>();

    @Test
    void aFullDiskRejectsWritesOnly() throws IOException {
        try (SmallDisk disk = SmallDisk.in(folder, DISK_MEGABYTES)) {
            Path ballast = disk.occupy(BALLAST_MEGABYTES);
            ParleyJar jar = ParleyJar.in(folder)
                    .with("PARLEY_STORE_URL", "sqlite:" + disk.folder().resolve("parley.db"));
            try (RunningParley parley = jar.start()) {
                ParleyClient client = parley.client();
                fill(client);
                assertThat(client.health().status()).isEqualTo(200);
                assertThat(List.of(
                                open(client, "after").status(),
                                open(client, "again").status()))
                        .isSubsetOf(507, 503, 201);
                assertAllKept(client);

                Files.delete(ballast);
                assertRecovered(client);
                for (int round = 1; round < ROUNDS; round++) {
                    Path rest = disk.occupyRest();
                    assertThat(open(client, "full-" + round).status()).isIn(507, 503);
                    assertThat(client.health().status()).isEqualTo(200);
                    assertAllKept(client);
                    Files.delete(rest);
                    assertRecovered(client);
                }
                assertThat(parley.log()).contains("disk").doesNotContain("Exception");
                assertThat(parley.log().lines().filter(line -> line.contains(" ERROR ") || line.contains(" WARN ")))
                        .as("logged once for each time, and not for every write")
                        .hasSizeLessThan(5 * ROUNDS);
            }
            System.out.printf("DiskFullIT: %d times full and back, %d sessions, 0 lost%n", ROUNDS, sessions.size());
            try (RunningParley parley = jar.start()) {
                assertAllKept(parley.client());
            }
        }
    }

    /** A delete needs space in the log too, so some is reserved. */
    @Test
    void expiredSessionsFreeAFullDisk() throws IOException {
        try (SmallDisk disk = SmallDisk.in(folder, DISK_MEGABYTES)) {
            disk.occupy(BALLAST_MEGABYTES);
            ParleyJar jar = ParleyJar.in(folder)
                    .with("PARLEY_STORE_URL", "sqlite:" + disk.folder().resolve("parley.db"))
                    .with("PARLEY_EXPIRY_SCHEDULE", "1s");
            try (RunningParley parley = jar.start()) {
                assertThat(fillWithShortLives(parley.client()).status()).isEqualTo(507);
                await().atMost(Duration.ofMinutes(2))
                        .until(() -> openForShort(parley.client(), "again").status() == 201);
            }
        }
    }

    private void assertRecovered(ParleyClient client) {
        await().until(() -> open(client, "recovered-" + sessions.size()).status() == 201);
        assertAllKept(client);
    }

    private static ServerReply fillWithShortLives(ParleyClient client) {
        for (int i = 0; i < SESSIONS_MAX; i++) {
            ServerReply reply = openForShort(client, "session-" + i);
            if (!reply.isSuccess()) {
                return reply;
            }
        }
        throw new AssertionError("The disk does not become full");
    }

    private static ServerReply openForShort(ParleyClient client, String code) {
        return client.send(
                "POST",
                "/api/v1/sessions",
                null,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("code", code)
                        .put("offer", OFFER)
                        .put("ttl", 10));
    }

    /** Opens sessions until one is rejected. */
    private void fill(ParleyClient client) {
        for (int i = 0; i < SESSIONS_MAX; i++) {
            ServerReply reply = open(client, "session-" + i);
            if (!reply.isSuccess()) {
                assertThat(reply.status()).as("%s", reply).isIn(507, 503);
                assertThat(reply.headers().firstValue("Content-Type")).hasValue("application/problem+json");
                return;
            }
        }
        throw new AssertionError("The disk does not become full");
    }

    private ServerReply open(ParleyClient client, String code) {
        var session = new AcknowledgedSession(code);
        sessions.add(session);
        return session.remember(AcknowledgedWrite.open(code, "the-own-secret-of-" + code, OFFER + code, List.of()))
                .send(client);
    }

    private void assertAllKept(ParleyClient client) {
        sessions.forEach(session -> session.assertKeptBy(client));
    }
}
