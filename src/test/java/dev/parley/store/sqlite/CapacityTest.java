package dev.parley.store.sqlite;

import static dev.parley.contract.Awaited.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.contract.MovableClock;
import dev.parley.expiry.Sweeper;
import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Namespace;
import dev.parley.session.Opening;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.SignalingException.CodeTaken;
import dev.parley.session.SignalingException.StoreFull;
import dev.parley.session.Trickle;
import dev.parley.signaling.DefaultLimits;
import dev.parley.signaling.SessionConfig;
import dev.parley.signaling.Signaling;
import dev.parley.signaling.TestSignaling;
import dev.parley.waiting.TestWaitRegistries;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store near its maximum size rejects new sessions, serves existing ones, and accepts new ones after a sweep. */
class CapacityTest {
    private static final long BYTES_MAX = 2 << 20;
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final SessionConfig LIMITS = DefaultLimits.living(TTL, Duration.ofSeconds(10));

    @TempDir
    Path folder;

    private final MovableClock clock = new MovableClock();
    private OfflineStore file;
    private SqliteDatabase database;
    private Signaling signaling;

    @BeforeEach
    void open() {
        file = new OfflineStore(folder.resolve("parley.db"));
        database = file.openLimited(BYTES_MAX);
        signaling = TestSignaling.over(database, TestWaitRegistries.nobodyWaits(), LIMITS, clock, new SecureRandom());
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void newSessionsAreRejectedAndExistingOnesContinue() throws Exception {
        int opened = fill();

        assertThat(opened).isGreaterThan(10);
        assertThatExceptionOfType(StoreFull.class).isThrownBy(() -> open(opened + 1));
        assertThatExceptionOfType(CodeTaken.class).isThrownBy(() -> open(0, "another offer"));
        assertThat(open(0)).as("a retry needs no space").isTrue();
        for (int number = 0; number < opened; number++) {
            SessionKey key = key(number);
            result(signaling.answer(
                    key, Description.of("an answer"), null, Trickle.NOTHING, token(number, "answerer")));
            result(signaling.trickle(key, token(number, "offerer"), candidate(), null));
        }
        database.close();
        assertThat(Files.size(file.path())).isLessThanOrEqualTo(BYTES_MAX);
        database = file.openLimited(BYTES_MAX);
    }

    @Test
    void aSweepFreesSpace() {
        int opened = fill();
        clock.advance(TTL);

        assertThatExceptionOfType(StoreFull.class)
                .as("expired and not yet swept")
                .isThrownBy(() -> open(opened + 1));
        assertThat(new Sweeper(database, clock, new SimpleMeterRegistry()).sweep())
                .isEqualTo(opened);

        assertThat(fill()).isBetween(opened - 1, opened + 1);
    }

    /** When the reserve for existing sessions is used up, too, the file does not grow further. */
    @Test
    void existingSessionsAreRejectedOnlyAtTheLimitItself() {
        fill();
        SessionToken offerer = token(0, "offerer");

        assertThatExceptionOfType(StoreFull.class).isThrownBy(() -> {
            for (int generation = 0; generation < 1_000; generation++) {
                result(signaling.restart(key(0), offerer, null, Description.of("an offer".repeat(5_000))));
            }
        });
        clock.advance(TTL);
        assertThat(new Sweeper(database, clock, new SimpleMeterRegistry()).sweep())
                .isPositive();
        assertThat(open(0)).isFalse();
    }

    /** Opens sessions until one is rejected; returns their number. */
    private int fill() {
        for (int number = 0; number < 1_000; number++) {
            try {
                open(number);
            } catch (StoreFull e) {
                return number;
            }
        }
        throw new AssertionError("the store does not become full");
    }

    /** Returns whether the session existed. */
    private boolean open(int number) {
        return open(number, "an offer".repeat(4_000));
    }

    private boolean open(int number, String offer) {
        return result(signaling.open(
                        Namespace.UNKNOWN,
                        new Opening(
                                key(number).code(),
                                "chess",
                                null,
                                List.of(),
                                Description.of(offer),
                                Trickle.NOTHING,
                                TTL,
                                token(number, "offerer"))))
                .replay();
    }

    private static SessionKey key(int number) {
        return new SessionKey(Namespace.UNKNOWN, new Code("code-" + number));
    }

    private static SessionToken token(int number, String side) {
        return new SessionToken("the-own-secret-of-" + side + "-" + number);
    }

    private static Trickle candidate() {
        return new Trickle(List.of(new Candidate("\"a candidate\"".getBytes(StandardCharsets.UTF_8))), false);
    }
}
