package dev.parley.store.sqlite;

import static dev.parley.contract.Awaited.result;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.TestSeed;
import dev.parley.contract.MovableClock;
import dev.parley.expiry.Sweeper;
import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Joined;
import dev.parley.session.Namespace;
import dev.parley.session.Opening;
import dev.parley.session.SessionKey;
import dev.parley.session.Side;
import dev.parley.session.Trickle;
import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import dev.parley.store.crypto.Keys;
import dev.parley.store.crypto.PayloadEncryption;
import dev.parley.store.postgresql.PostgresNode;
import dev.parley.store.sql.SessionStore;
import dev.parley.waiting.TestWaitRegistries;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is deleted is gone from the disk: a word that a session alone said is looked for in every file of a sealed store, while it lives,
 * and when it has expired and was swept.
 */
class ForgettingTest {
    private static final String CANARY = "CANARY";
    private static final Namespace NAMESPACE = new Namespace("https://canary.example");
    private static final int SESSIONS = 1_500;

    @TempDir
    Path folder;

    private final MovableClock clock = new MovableClock();

    @SuppressWarnings("NullAway.Init")
    private SqliteDatabase database;

    @SuppressWarnings("NullAway.Init")
    private Signaling signaling;

    @SuppressWarnings("NullAway.Init")
    private Sweeper sweeper;

    @BeforeEach
    void open() {
        database = store().open(new PayloadEncryption(Keys.ring("k"), true, new SecureRandom()));
        signaling = new Signaling(
                database, TestWaitRegistries.nobodyWaits(), PostgresNode.LIMITS, clock, new SecureRandom());
        sweeper = new Sweeper(database, clock, 100);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aSessionThatHasExpiredAndWasSweptIsInNoFile() throws IOException {
        open("lives", Duration.ofHours(1), "kept");
        open(CANARY, Duration.ofSeconds(10), CANARY);
        assertThat(filesWithCanary()).isNotEmpty();
        clock.advance(Duration.ofSeconds(10));
        assertThat(filesWithCanary()).as("expired, and not yet swept").isNotEmpty();

        assertThat(sweeper.sweep()).isEqualTo(1);

        assertThat(filesWithCanary()).isEmpty();
    }

    /** With thousands of others whose rows were moved from page to page; pieces of them go when nobody has written for a while. */
    @Test
    void aThousandSessionsAreInNoFileEither() throws IOException {
        Random random = TestSeed.of(getClass()).random();
        for (int i = 0; i < SESSIONS; i++) {
            boolean canary = random.nextInt(3) == 0;
            String word = (canary ? CANARY : "kept") + random.nextInt();
            open(word, Duration.ofSeconds(canary ? 10 + random.nextInt(20) : 3_600), word);
            if (random.nextInt(100) == 0) {
                clock.advance(Duration.ofSeconds(1));
                sweeper.sweep();
            }
        }
        clock.advance(Duration.ofSeconds(30));
        sweeper.sweep();

        sweeper.sweep();

        assertThat(filesWithCanary()).isEmpty();
        SessionStore.Count count =
                result(database.read(ReadFrom.PRIMARY, node -> new SessionStore().count(node, clock.instant())));
        assertThat(count.live()).isGreaterThan(SESSIONS / 2);
    }

    @Test
    void aSessionThatItsOffererClosesIsGoneAfterTheNextSweep() throws IOException {
        Joined joined = open(CANARY, Duration.ofHours(1), CANARY);
        result(signaling.close(new SessionKey(NAMESPACE, joined.code()), joined.token()));

        assertThat(sweeper.sweep()).isZero();

        assertThat(filesWithCanary()).isEmpty();
    }

    @Test
    void whoReadsHoldsUpNeitherASweepNorAWriterAndTheNextSweepDoesTheRest() throws IOException, SQLException {
        open(CANARY, Duration.ofSeconds(10), CANARY);
        clock.advance(Duration.ofSeconds(10));
        try (Connection reader = store().connect();
                Statement statement = reader.createStatement()) {
            statement.execute("BEGIN");
            statement.executeQuery("SELECT count(*) FROM sessions").close();
            assertThat(sweeper.sweep()).isEqualTo(1);
            open("goes on", Duration.ofHours(1), "kept");
            statement.execute("COMMIT");
        }

        sweeper.sweep();

        assertThat(filesWithCanary()).isEmpty();
    }

    @Test
    void anOrderlyStopLeavesNoLog() throws IOException {
        open(CANARY, Duration.ofSeconds(10), CANARY);
        close();
        assertThat(Files.exists(folder.resolve("parley.db-wal")) ? Files.size(folder.resolve("parley.db-wal")) : 0)
                .isZero();
    }

    private Joined open(String word, Duration ttl, @Nullable String topic) {
        var random = new Random(word.hashCode());
        String sdp = (word + " ").repeat(1 + random.nextInt(200));
        var opening = new Opening(
                new Code(word.replace(" ", "_") + "-" + random.nextInt()),
                topic,
                word,
                List.of(word),
                Description.of(sdp),
                trickle(word, random.nextInt(4)),
                ttl,
                null);
        Joined joined = result(signaling.open(NAMESPACE, opening));
        var key = new SessionKey(NAMESPACE, joined.code());
        if (random.nextBoolean()) {
            result(signaling.answer(key, Description.of(sdp), null, trickle(word, 2), null));
        }
        result(signaling.trickleAs(key, Side.OFFERER, joined.token(), trickle(word + "later", 2)));
        return joined;
    }

    private static Trickle trickle(String word, int count) {
        var candidates = new ArrayList<Candidate>();
        for (int i = 0; i < count; i++) {
            candidates.add(new Candidate(("\"" + word + i + "\"").getBytes(StandardCharsets.UTF_8)));
        }
        return new Trickle(candidates, false);
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
