package dev.parley.store.sqlite;

import static dev.parley.contract.Awaited.result;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Namespace;
import dev.parley.session.Opening;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.Side;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.session.Trickle;
import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.store.Statements;
import dev.parley.store.Work;
import dev.parley.store.postgresql.Parley;
import dev.parley.store.sql.CachedSession;
import dev.parley.store.sql.SessionStore;
import dev.parley.waiting.Feeds;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is remembered is what the file says, at every moment at which somebody could ask. */
@SuppressWarnings("NullAway.Init") // each test opens with the memory that it wants
class SqliteSessionCacheTest {
    private static final long AMPLE = 1 << 20;
    private static final int IO_ERROR = 10;
    private static final SessionToken OFFERER = new SessionToken("o".repeat(32));
    private static final SessionToken ANSWERER = new SessionToken("a".repeat(32));

    @TempDir
    Path folder;

    private Instant now = Instant.parse("2026-03-01T12:00:00.123456789Z");
    private StoreFile file;
    private SqliteDatabase database;
    private Signaling signaling;

    @AfterEach
    void close() {
        database.close();
    }

    private void open(long memoryMax) {
        file = new StoreFile(folder.resolve("parley.db"));
        database = file.openRemembering(memoryMax);
        signaling = new Signaling(database, Feeds.nobodyWaits(), Parley.LIMITS, () -> now, new SecureRandom());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void memoryAndFileSayTheSameWhateverPeersDo(long seed) throws SQLException {
        open(8_000); // for some of the sessions
        var random = new Random(seed);
        List<SessionKey> keys =
                IntStream.range(0, 12).mapToObj(SqliteSessionCacheTest::key).toList();
        try (var fileItself = new Statements(file.connect())) {
            for (int step = 0; step < 1_500; step++) {
                String what = doSomething(random, keys.get(random.nextInt(keys.size())));
                for (SessionKey key : keys) {
                    saysAsTheFile(fileItself, key, "seed " + seed + ", step " + step + ", " + what);
                }
            }
        }
    }

    private String doSomething(Random random, SessionKey key) {
        var trickle = new Trickle(
                List.of(candidate(random.nextInt(6)), candidate(random.nextInt(6))), random.nextInt(5) == 0);
        Description description = Description.of("sdp " + random.nextInt(3));
        int what = random.nextInt(20);
        switch (what) {
            case 0, 1, 2, 3 -> attempt(signaling.open(key.namespace(), opening(key, description, trickle)));
            case 4, 5 -> attempt(signaling.answer(key, description, null, trickle, ANSWERER));
            case 6, 7 -> attempt(signaling.restart(key, OFFERER, null, description));
            case 8 -> attempt(signaling.extend(key, OFFERER, Duration.ofSeconds(10 + random.nextInt(100))));
            case 9 -> attempt(signaling.close(key, OFFERER));
            case 10 -> attempt(database.write(tx -> new SessionStore().sweep(tx, now, 100)));
            case 11 -> now = now.plusSeconds(random.nextInt(30));
            case 12 -> now = now.minusSeconds(random.nextInt(30));
            default -> attempt(signaling.trickle(key, random.nextBoolean() ? OFFERER : ANSWERER, trickle, null));
        }
        return "action " + what;
    }

    /** It may be refused; what became of it the file tells. */
    private static <T> void attempt(CompletionStage<Served<T>> stage) {
        try {
            result(stage);
        } catch (SignalingException refused) {
            // as any caller may be
        }
    }

    private void saysAsTheFile(Statements fileItself, SessionKey key, String when) throws SQLException {
        var store = new SessionStore();
        same(when, fileItself, node -> store.session(node, key, now));
        for (Side side : Side.values()) {
            same(when, fileItself, node -> store.saidBy(node, key, side, now));
        }
        for (long after : new long[] {0, 1, 3, 1_000}) {
            same(when, fileItself, node -> store.events(node, key, after, 4, now));
        }
    }

    private <T> void same(String when, Statements fileItself, Work<T> question) throws SQLException {
        T answer = result(database.read(ReadFrom.PRIMARY, question));
        assertThat((Object) answer).as(when).isEqualTo(question.on(fileItself));
    }

    @Test
    void whatAnotherProgramDidIsSeenWithTheNextWrite() throws SQLException {
        open(AMPLE);
        opened(0);
        deleteFromOutside();
        assertThat(isFound(0)).as("remembered").isTrue();
        opened(1);
        assertThat(isFound(0)).isFalse();
    }

    @Test
    void theOldestSessionGivesWayWhereMemoryIsShort() throws SQLException {
        CachedSession one =
                CachedSession.opened(key(0), opening(key(0), Description.of("sdp"), Trickle.NOTHING), 7, now, now);
        open(2 * one.bytes());
        opened(0);
        opened(1);
        opened(2);
        deleteFromOutside();
        assertThat(List.of(isFound(0), isFound(1), isFound(2))).containsExactly(false, true, true);
    }

    @Test
    void withoutMemoryEveryReadLooksIntoTheFile() throws SQLException {
        open(0);
        opened(0);
        deleteFromOutside();
        assertThat(isFound(0)).isFalse();
    }

    @Test
    void whatAFailedCommitWouldHaveSaidIsNotRemembered() {
        open(AMPLE);
        opened(0);
        CompletionStage<?> answer;
        CompletionStage<?> failure;
        try (var writer = new HeldWriter(database)) {
            answer = signaling.answer(key(0), Description.of("sdp"), null, Trickle.NOTHING, ANSWERER);
            failure = database.write(tx -> {
                throw new SQLException("disk I/O error", "", IO_ERROR);
            });
            writer.release();
        }
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> answer.toCompletableFuture().join())
                .withCauseInstanceOf(StoreUnavailable.class);
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> failure.toCompletableFuture().join());
        assertThat(result(signaling.session(ReadFrom.PRIMARY, key(0)))
                        .answerer()
                        .description())
                .isNull();
    }

    @Test
    void aSessionThatIsBeingCommittedIsReadFromTheFile() {
        open(AMPLE);
        var transcripts = new SqliteSessionCache(AMPLE);
        CachedSession first = CachedSession.opened(
                key(0), opening(key(0), Description.of("sdp"), Trickle.NOTHING), 7, now, now.plusSeconds(60));
        transcripts.opened(first);
        assertThat(transcripts.recall(key(0), now)).as("before COMMIT").isNull();
        transcripts.hide();
        transcripts.show();
        assertThat(transcripts.recall(key(0), now)).isSameAs(first);
        transcripts.opened(first);
        transcripts.hide();
        assertThat(transcripts.recall(key(0), now)).as("in COMMIT").isNull();
        transcripts.show();
        assertThat(transcripts.recall(key(0), now)).isSameAs(first);
        transcripts.swept(now.plusSeconds(60));
        assertThat(transcripts.recall(key(0), now)).as("the clock was set back").isNull();
    }

    private void opened(int number) {
        result(signaling.open(key(number).namespace(), opening(key(number), Description.of("sdp"), Trickle.NOTHING)));
    }

    private boolean isFound(int number) {
        try {
            result(signaling.session(ReadFrom.PRIMARY, key(number)));
            return true;
        } catch (SessionNotFound e) {
            return false;
        }
    }

    private void deleteFromOutside() throws SQLException {
        try (var connection = file.connect();
                var statement = connection.createStatement()) {
            statement.execute("DELETE FROM sessions");
        }
    }

    private static SessionKey key(int number) {
        return new SessionKey(Namespace.UNKNOWN, new Code("code-" + number));
    }

    private static Opening opening(SessionKey key, Description offer, Trickle trickle) {
        return new Opening(key.code(), "topic", "peer", List.of("tag"), offer, trickle, null, OFFERER);
    }

    private static Candidate candidate(int number) {
        return new Candidate(("\"candidate " + number + "\"").getBytes(UTF_8));
    }
}
