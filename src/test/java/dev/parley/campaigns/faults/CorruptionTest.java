package dev.parley.campaigns.faults;

import static dev.parley.contract.Awaited.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.CampaignSize;
import dev.parley.TestSeed;
import dev.parley.config.InvalidConfiguration;
import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Event;
import dev.parley.session.Listing.Waiting;
import dev.parley.session.Namespace;
import dev.parley.session.Opening;
import dev.parley.session.Session;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.Side;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.session.Trickle;
import dev.parley.store.ReadFrom;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * In each round a store is damaged at a random place. It is rejected, or every read returns what was written or is rejected; no other
 * bytes are served. Every session is read through every call, and each value is compared with the written one.
 */
@Tag("campaign")
class CorruptionTest {
    private static final int ROUNDS = CampaignSize.of("parley.corruption.rounds", 60);
    private static final int SESSIONS = 60;
    private static final String FILE = "parley.db";
    private static final Namespace NAMESPACE = new Namespace("https://corruption.test");
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final List<FileDamage> DAMAGES = List.of(FileDamage.values());

    @TempDir
    Path folder;

    /** Every committed state of each session, the newest last. */
    private final Map<Code, List<Session>> states = new HashMap<>();

    private final Map<Code, List<Event>> events = new HashMap<>();
    private final Map<String, Integer> outcomes = new TreeMap<>();

    @BeforeEach
    void write() throws IOException, SQLException {
        Path written = Files.createDirectory(folder.resolve("written"));
        var random = new Random(1);
        try (EmbeddedParley parley = EmbeddedParley.on(written.resolve(FILE), () -> NOW)) {
            for (int i = 0; i < SESSIONS; i++) {
                connect(parley, new Code("session-" + i), random);
            }
            // Earlier writes are moved into the file; later ones are in the log, as after a crash.
            checkpoint(written.resolve(FILE));
            for (Code code : List.copyOf(states.keySet())) {
                trickle(parley, code, random);
            }
            for (Code code : states.keySet()) {
                events.put(
                        code,
                        result(parley.signaling().events(ReadFrom.PRIMARY, key(code), 0, 1_000))
                                .list());
            }
            Path original = Files.createDirectory(folder.resolve("original"));
            copy(written, original);
        }
    }

    private void connect(EmbeddedParley parley, Code code, Random random) {
        List<String> tags = random.nextBoolean() ? List.of("blitz", "rated") : List.of();
        var opening = new Opening(
                code,
                "topic-" + random.nextInt(4),
                "peer of " + code.text(),
                tags,
                Description.of(text("offer", random)),
                candidates(random),
                Duration.ofMinutes(1 + random.nextInt(50)),
                token(code, Side.OFFERER));
        result(parley.signaling().open(NAMESPACE, opening));
        remember(parley, code);
        for (int i = random.nextInt(3); i > 0; i--) {
            trickle(parley, code, random);
        }
        if (random.nextBoolean()) {
            result(parley.signaling()
                    .answer(
                            key(code),
                            Description.of(text("answer", random)),
                            null,
                            candidates(random),
                            token(code, Side.ANSWERER)));
            remember(parley, code);
        }
        if (random.nextInt(4) == 0) {
            result(parley.signaling()
                    .restart(key(code), token(code, Side.OFFERER), null, Description.of(text("offer", random))));
            remember(parley, code);
        }
    }

    private void trickle(EmbeddedParley parley, Code code, Random random) {
        result(parley.signaling().trickle(key(code), token(code, Side.OFFERER), candidates(random), null));
        remember(parley, code);
    }

    private void remember(EmbeddedParley parley, Code code) {
        states.computeIfAbsent(code, any -> new ArrayList<>())
                .add(result(parley.signaling().session(ReadFrom.PRIMARY, key(code))));
    }

    private static void checkpoint(Path file) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_checkpoint(PASSIVE)");
        }
    }

    /** Sometimes long enough for overflow pages. */
    private static String text(String kind, Random random) {
        return kind + random.nextLong() + "\r\na=ä".repeat(random.nextInt(random.nextInt(4) == 0 ? 3_000 : 100));
    }

    private static Trickle candidates(Random random) {
        var candidates = new ArrayList<Candidate>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            candidates.add(new Candidate(("\"candidate:" + random.nextLong() + "\"").getBytes(StandardCharsets.UTF_8)));
        }
        return new Trickle(candidates, false);
    }

    @Test
    void aDamagedStoreServesOnlyWhatWasWritten() throws IOException {
        TestSeed seed = TestSeed.of(CorruptionTest.class);
        for (int round = 0; round < ROUNDS; round++) {
            Random random = seed.round(round).random();
            FileDamage damage = DAMAGES.get(random.nextInt(DAMAGES.size()));
            Path damaged = Files.createDirectory(folder.resolve("damaged-" + round));
            copy(folder.resolve("original"), damaged);
            damage.on(damaged.resolve(FILE), random);
            try {
                read(damaged.resolve(FILE), damage);
            } catch (AssertionError e) {
                throw new AssertionError(
                        damage + " with -Dparley.seed=" + seed.round(round).value(), e);
            }
        }
        System.out.printf("CorruptionTest: %d corruptions, none served: %s%n", ROUNDS, outcomes);
    }

    private void read(Path file, FileDamage damage) {
        try (EmbeddedParley parley = EmbeddedParley.on(file, () -> NOW)) {
            for (Code code : states.keySet()) {
                read(parley, code, damage);
            }
            for (int topic = 0; topic < 4; topic++) {
                String name = "topic-" + topic;
                served(() -> result(parley.signaling().waiting(ReadFrom.PRIMARY, NAMESPACE, name, 1_000)))
                        .ifPresent(waiting -> waiting.forEach(each -> check(each, name, damage)));
            }
        } catch (InvalidConfiguration e) {
            count("starts refused");
        }
    }

    private void read(EmbeddedParley parley, Code code, FileDamage damage) {
        served(() -> result(parley.signaling().session(ReadFrom.PRIMARY, key(code))))
                .ifPresent(session -> {
                    List<Session> possible = possible(code, damage);
                    assertThat(possible).as("a session that was written").contains(session);
                    count(possible.indexOf(session) == possible.size() - 1 ? "sessions right" : "sessions of before");
                });
        for (Side side : Side.values()) {
            served(() -> result(parley.signaling().side(ReadFrom.PRIMARY, key(code), side)))
                    .ifPresent(said -> assertThat(possible(code, damage))
                            .as("what a side has said")
                            .anyMatch(
                                    state -> (side == Side.OFFERER ? state.offerer() : state.answerer()).equals(said)));
        }
        for (int after : List.of(0, 2)) {
            served(() -> result(parley.signaling().events(ReadFrom.PRIMARY, key(code), after, 1_000)))
                    .ifPresent(events -> {
                        List<Event> found = events.list();
                        List<Event> all = this.events.getOrDefault(code, List.of());
                        List<Event> written = all.subList(after, all.size());
                        assertThat(found)
                                .as("events that were written")
                                .isEqualTo(
                                        damage.isOfTheLog()
                                                ? written.subList(0, Math.min(found.size(), written.size()))
                                                : written);
                    });
        }
    }

    private void check(Waiting waiting, String topic, FileDamage damage) {
        assertThat(states).as("a code that was written").containsKey(waiting.code());
        assertThat(possible(waiting.code(), damage))
                .as("a session that waits")
                .anyMatch(state -> topic.equals(state.topic())
                        && waiting.equals(new Waiting(
                                state.code(), state.peerId(), state.offerer(), state.createdAt(), state.expiresAt())));
    }

    /** A truncated log is a valid shorter log, so an earlier state is valid then, too. */
    private List<Session> possible(Code code, FileDamage damage) {
        List<Session> all = states.getOrDefault(code, List.of());
        return damage.isOfTheLog() ? all : all.subList(all.size() - 1, all.size());
    }

    /** The result of a read, or nothing if it is rejected. */
    private <T> Optional<T> served(Supplier<T> read) {
        try {
            return Optional.of(read.get());
        } catch (SessionNotFound e) {
            count("sessions not found");
        } catch (SignalingException e) {
            count("reads refused");
        }
        return Optional.empty();
    }

    private void count(String outcome) {
        outcomes.merge(outcome, 1, Integer::sum);
    }

    private static SessionKey key(Code code) {
        return new SessionKey(NAMESPACE, code);
    }

    private static SessionToken token(Code code, Side side) {
        return new SessionToken("the-own-secret-of-" + side + "-" + code.text());
    }

    private static void copy(Path from, Path to) throws IOException {
        for (String suffix : List.of("", "-wal")) {
            Files.copy(from.resolve(FILE + suffix), to.resolve(FILE + suffix));
        }
    }
}
