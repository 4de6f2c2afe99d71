package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.config.InvalidConfiguration;
import dev.parley.store.admin.AdminRefused;
import dev.parley.store.sqlite.OfflineStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store's file is deleted, moved or replaced under a running server. */
@Tag("slow")
class LostStoreIT {
    private static final String TOKEN = "the-own-secret-of-an-offerer";
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final Pattern SWEEPS = Pattern.compile("(?m)^parley_sweep_seconds_count (\\S+)$");

    @TempDir
    Path folder;

    private Path store = Path.of("");

    @BeforeEach
    void name() {
        store = folder.resolve("parley.db");
    }

    @Test
    void everyCallGets503AndEachChangeIsLoggedOnce() throws IOException {
        try (RunningParley parley = start()) {
            assertThat(open(parley, "before").status()).isEqualTo(201);
            await().untilAsserted(() -> assertThat(parley.log().lines()).hasSize(3));
            Path moved = Files.move(store, folder.resolve("moved.db"));

            ServerReply refused = open(parley, "after");
            assertThat(refused.status()).as("%s", refused).isEqualTo(503);
            assertThat(refused.json().required("type").textValue()).endsWith("store-unavailable");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(parley.client().session("before").status()).isEqualTo(503);
            assertThat(parley.client().get("/api/v1/sessions").status()).isEqualTo(503);
            assertThat(parley.client().health().status()).isEqualTo(503);
            ServerReply compatible = parley.client()
                    .send(
                            "POST",
                            "/a-topic/offer",
                            null,
                            JsonNodeFactory.instance
                                    .objectNode()
                                    .put("peerId", "p")
                                    .put("offer", "an offer"));
            assertThat(compatible.status()).isEqualTo(503);
            assertThat(compatible.json().required("error").textValue()).isNotBlank();
            ServerReply ready = parley.operators().get("/q/health/ready");
            assertThat(ready.status()).isEqualTo(503);
            assertThat(ready.text()).contains("its file is missing");
            assertThat(parley.operators().get("/q/health/live").status()).isEqualTo(200);
            assertThat(parley.operators().get("/q/metrics").text())
                    .contains("parley_primary_serving{node=\"local\"} 0.0");
            double sweeps = sweeps(parley);
            await().atMost(DEADLINE).until(() -> sweeps(parley) > sweeps + 1);
            assertThat(parley.log().lines())
                    .hasSize(4)
                    .satisfiesOnlyOnce(line -> assertThat(line).contains("ERROR", store.toString()));

            Files.move(moved, store);
            await().atMost(DEADLINE).until(() -> parley.client().health().status() == 200);
            assertThat(open(parley, "later").status()).isEqualTo(201);
            assertThat(parley.client().session("before").status()).isEqualTo(200);
            assertThat(parley.client().session("after").status()).isEqualTo(404);
            assertThat(parley.log().lines())
                    .hasSize(5)
                    .satisfiesOnlyOnce(line -> assertThat(line).contains("INFO", "files are back"));
        }
    }

    @Test
    void commandsDoNotTouchALostStore() throws IOException {
        try (RunningParley parley = start()) {
            assertThat(open(parley, "before").status()).isEqualTo(201);
            String process = "process " + parley.pid();

            Files.delete(folder.resolve("parley.db-wal"));
            assertRefused("write-ahead log was deleted while " + process);
            assertThat(folder.resolve("parley.db-wal")).doesNotExist();

            Files.delete(store);
            assertRefused("the file was deleted while " + process);
            assertThat(store).doesNotExist();

            Files.createFile(store);
            assertRefused("the file was replaced while " + process);
            assertThat(store).isEmptyFile();
        }
    }

    /** This process opens the store as another server and as commands do. */
    private void assertRefused(String why) {
        var offline = new OfflineStore(store);
        Stream.<ThrowingCallable>of(
                        () -> offline.open().close(),
                        () -> offline.openAsCommand().close(),
                        () -> offline.admin(Instant::now).migrate(),
                        () -> offline.admin(Instant::now).refuseMissing())
                .forEach(opening -> assertThatExceptionOfType(RuntimeException.class)
                        .isThrownBy(opening)
                        .isInstanceOfAny(InvalidConfiguration.class, AdminRefused.class)
                        .withMessageContaining(why));
        assertThat(offline.admin(Instant::now).examine())
                .anySatisfy(finding -> assertThat(finding.found()).contains(why));
    }

    private RunningParley start() {
        return ParleyJar.in(folder)
                .with("PARLEY_STORE_URL", "sqlite:" + store)
                .with("PARLEY_EXPIRY_SCHEDULE", "1s")
                .start();
    }

    private static double sweeps(RunningParley parley) {
        var count = SWEEPS.matcher(parley.operators().get("/q/metrics").text());
        return count.find() ? Double.parseDouble(count.group(1)) : 0;
    }

    private static ServerReply open(RunningParley parley, String code) {
        return parley.client().open(code, TOKEN, "an offer", List.of());
    }
}
