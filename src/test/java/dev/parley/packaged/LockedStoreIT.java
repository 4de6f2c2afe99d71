package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another process holds the store's lock: writes wait for a while, are then told to come back, and reads go on. */
@Tag("slow")
class LockedStoreIT {
    private static final String TOKEN = "the-own-secret-of-an-offerer";

    @TempDir
    Path folder;

    /** With a write-ahead log there is one kind of lock that keeps writers out: EXCLUSIVE does what IMMEDIATE does. */
    @Test
    void writesGet503AndReadsContinue() throws SQLException {
        try (RunningParley parley = start("50ms");
                OutsideConnection other = OutsideConnection.open(folder.resolve("parley.db"))) {
            ParleyClient client = parley.client();
            assertThat(open(client, "before").status()).isEqualTo(201);

            other.execute("BEGIN IMMEDIATE");
            ServerReply refused = open(client, "during");
            assertThat(refused.status()).as("%s", refused).isEqualTo(503);
            assertThat(refused.headers().firstValueAsLong("Retry-After").orElse(0))
                    .as("%s", refused)
                    .isPositive();
            assertThat(client.session("before").status()).isEqualTo(200);
            assertThat(client.session("during").status()).isEqualTo(404);
            assertThat(client.health().status()).isEqualTo(200);

            other.execute("ROLLBACK");
            assertThat(open(client, "during").status()).isEqualTo(201);
            assertThat(client.session("during").status()).isEqualTo(200);
        }
    }

    @Test
    void aWriteWaitsForALockThatIsSoonReleased() throws SQLException {
        try (RunningParley parley = start("30s");
                OutsideConnection other = OutsideConnection.open(folder.resolve("parley.db"))) {
            other.execute("BEGIN IMMEDIATE");
            var reply = CompletableFuture.supplyAsync(() -> open(parley.client(), "patient"));
            // A read that was sent later and is answered: the write is most likely on its way by now.
            assertThat(parley.client().health().status()).isEqualTo(200);
            assertThat(reply).isNotDone();
            other.execute("ROLLBACK");
            assertThat(reply.join().status()).isEqualTo(201);
        }
    }

    private RunningParley start(String busyTimeout) {
        return ParleyJar.in(folder)
                .with("PARLEY_STORE_URL", "sqlite:parley.db")
                .with("PARLEY_STORE_BUSY_TIMEOUT", busyTimeout)
                .startingFast()
                .start();
    }

    private static ServerReply open(ParleyClient client, String code) {
        return client.open(code, TOKEN, "an offer", List.of());
    }
}
