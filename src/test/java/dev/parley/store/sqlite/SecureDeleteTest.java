package dev.parley.store.sqlite;

import static dev.parley.contract.Awaited.result;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.contract.MovableClock;
import dev.parley.expiry.Sweeper;
import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Namespace;
import dev.parley.session.Opening;
import dev.parley.session.Opening.Joined;
import dev.parley.session.SessionKey;
import dev.parley.session.Trickle;
import dev.parley.signaling.Signaling;
import dev.parley.signaling.TestSignaling;
import dev.parley.store.crypto.Keys;
import dev.parley.store.postgresql.PostgresNode;
import dev.parley.store.sql.EncryptionCheck;
import dev.parley.waiting.TestWaitRegistries;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deleted sessions of an encrypted store leave its files: a word that only one session contains is searched in all of them. */
class SecureDeleteTest {
    private static final String CANARY = "CANARY";
    private static final Namespace NAMESPACE = new Namespace("https://canary.example");
    private static final Duration TTL = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private final MovableClock clock = new MovableClock();
    private SqliteDatabase database;
    private Signaling signaling;
    private Sweeper sweeper;

    @BeforeEach
    void open() {
        database = store().openEncrypted();
        var random = new SecureRandom();
        var codec = EncryptionCheck.codec(database, Keys.ring("k"), true, random, clock.instant());
        signaling = TestSignaling.over(
                database, codec, TestWaitRegistries.nobodyWaits(), PostgresNode.LIMITS, clock, random);
        sweeper = new Sweeper(database, clock, new SimpleMeterRegistry());
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void anExpiredSessionIsInNoFileAfterASweep() throws IOException {
        open("lives", Duration.ofHours(1));
        open(CANARY, TTL);
        clock.advance(TTL);
        assertThat(filesWithCanary()).as("not yet swept").isNotEmpty();

        assertThat(sweeper.sweep()).isEqualTo(1);

        await().until(() -> filesWithCanary().isEmpty());
    }

    @Test
    void aClosedSessionIsInNoFileAfterASweep() {
        Joined joined = open(CANARY, Duration.ofHours(1));
        result(signaling.close(new SessionKey(NAMESPACE, joined.code()), joined.token()));
        clock.advance(Duration.ofMinutes(5)); // the closed event is retained for a shorter time

        sweeper.sweep();

        await().until(() -> filesWithCanary().isEmpty());
    }

    @Test
    void aReaderOfTheLogBlocksNeitherASweepNorAWriter() throws SQLException {
        open(CANARY, TTL);
        clock.advance(TTL);
        try (Connection reader = store().connect();
                Statement statement = reader.createStatement()) {
            statement.execute("BEGIN");
            statement.executeQuery("SELECT count(*) FROM sessions").close();
            assertThat(sweeper.sweep()).isEqualTo(1);
            open("another", Duration.ofHours(1));
            statement.execute("COMMIT");
        }

        await().until(() -> filesWithCanary().isEmpty());
    }

    @Test
    void aStopLeavesNoLog() throws IOException {
        open(CANARY, TTL);
        close();
        assertThat(Files.exists(folder.resolve("parley.db-wal")) ? Files.size(folder.resolve("parley.db-wal")) : 0)
                .isZero();
    }

    private Joined open(String word, Duration ttl) {
        var candidates =
                new Trickle(List.of(new Candidate(("\"" + word + "\"").getBytes(StandardCharsets.UTF_8))), false);
        return result(signaling.open(
                NAMESPACE,
                new Opening(
                        new Code(word + "-code"),
                        word,
                        word,
                        List.of(word),
                        Description.of((word + " ").repeat(1_000)),
                        candidates,
                        ttl,
                        null)));
    }

    private Set<String> filesWithCanary() throws IOException {
        var found = new TreeSet<String>();
        try (var files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                if (new String(Files.readAllBytes(file), ISO_8859_1).contains(CANARY)) {
                    found.add(file.getFileName().toString());
                }
            }
        }
        return found;
    }

    private OfflineStore store() {
        return new OfflineStore(folder.resolve("parley.db"));
    }
}
