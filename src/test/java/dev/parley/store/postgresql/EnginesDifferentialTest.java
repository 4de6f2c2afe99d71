package dev.parley.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.TestSeed;
import dev.parley.contract.Awaited;
import dev.parley.contract.MovableClock;
import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Namespace;
import dev.parley.session.Opening;
import dev.parley.session.Session.SessionVersion;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.Side;
import dev.parley.session.SignalingException;
import dev.parley.session.Trickle;
import dev.parley.signaling.Signaling;
import dev.parley.signaling.TestSignaling;
import dev.parley.store.Database;
import dev.parley.store.Futures;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.store.sql.SessionStore;
import dev.parley.store.sqlite.OfflineStore;
import dev.parley.waiting.TestWaitRegistries;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: clients cannot distinguish the engines. Method: the same random calls, with the same clock, on an SQLite file and on a
 * PostgreSQL server; each outcome, including the text of a refusal, must be the same.
 */
@Tag("campaign")
class EnginesDifferentialTest {
    private static final int CALLS = 2_000;

    /** More than ever expire together, because the order in which an engine deletes those is its own. */
    private static final int SWEPT_MAX = 100;

    private static final SessionVersion NO_VERSION = new SessionVersion(0, 0, Instant.EPOCH);

    private static final Namespace[] NAMESPACES = {new Namespace("https://a.test"), new Namespace("https://b.test")};

    @TempDir
    Path folder;

    @Test
    void theSameCallsHaveTheSameOutcomes() {
        Random random = TestSeed.of(EnginesDifferentialTest.class).random();
        var clock = new MovableClock();
        try (PostgresCluster cluster = PostgresCluster.shared();
                PostgresNode parley = PostgresNode.over(cluster);
                Database file = new OfflineStore(folder.resolve("parley.db")).open()) {
            var onPostgres = TestSignaling.over(
                    parley.database(), TestWaitRegistries.nobodyWaits(), PostgresNode.LIMITS, clock, new SameNumbers());
            var onSqlite = TestSignaling.over(
                    file, TestWaitRegistries.nobodyWaits(), PostgresNode.LIMITS, clock, new SameNumbers());
            for (int i = 0; i < CALLS; i++) {
                if (random.nextInt(20) == 0) {
                    clock.advance(Duration.ofSeconds(random.nextInt(8)));
                }
                if (random.nextInt(50) == 0) {
                    assertThat(sweep(parley.database(), clock)).isEqualTo(sweep(file, clock));
                }
                Call call = Call.random(random);
                assertThat(outcome(call.on, onPostgres))
                        .as("call %d, %s", i, call.name)
                        .isEqualTo(outcome(call.on, onSqlite));
            }
        }
    }

    private static int sweep(Database database, MovableClock clock) {
        return Awaited.result(database.write(tx -> SessionStore.sweep(tx, clock.instant(), SWEPT_MAX)));
    }

    private static Object outcome(Function<Signaling, CompletionStage<? extends Served<?>>> call, Signaling engine) {
        try {
            return call.apply(engine).toCompletableFuture().join().result();
        } catch (CompletionException e) {
            return words(Futures.cause(e));
        } catch (SignalingException e) {
            return words(e);
        }
    }

    private static String words(@Nullable Throwable failure) {
        if (failure instanceof SignalingException refusal) {
            return refusal.type() + " " + refusal.detail();
        }
        throw new AssertionError("A fault", failure);
    }

    /** The same incarnations on both engines. */
    @SuppressWarnings("serial")
    private static final class SameNumbers extends SecureRandom {
        private long last;

        @Override
        public long nextLong() {
            return ++last;
        }
    }

    private record Call(String name, Function<Signaling, CompletionStage<? extends Served<?>>> on) {
        static Call random(Random random) {
            var namespace = NAMESPACES[random.nextInt(NAMESPACES.length)];
            var key = new SessionKey(namespace, new Code("code-" + random.nextInt(6)));
            SessionToken token = token(random);
            @Nullable SessionToken maybe = random.nextInt(4) == 0 ? null : token;
            Side side = random.nextBoolean() ? Side.OFFERER : Side.ANSWERER;
            Trickle trickle = trickle(random);
            Description description = Description.of("said " + random.nextInt(2));
            @Nullable Integer generation = random.nextInt(3) > 0 ? null : (Integer) (1 + random.nextInt(2));
            ReadFrom from = ReadFrom.PRIMARY;
            return switch (random.nextInt(12)) {
                case 0, 1 -> {
                    var opening = new Opening(
                            key.code(),
                            random.nextInt(4) == 0 ? null : "topic " + random.nextInt(2),
                            null,
                            List.of("tag"),
                            description,
                            trickle,
                            Duration.ofSeconds(10 + random.nextInt(10)),
                            token);
                    yield new Call("open", s -> s.open(namespace, opening));
                }
                case 2 -> new Call("answer", s -> s.answer(key, description, generation, trickle, token));
                case 3 -> new Call("answer without token", s -> s.answerWithoutToken(key, description, null));
                case 4, 5 -> new Call("trickle", s -> s.trickle(key, maybe, trickle, generation));
                case 6 -> new Call("trickle as", s -> s.trickleAs(key, side, maybe, trickle));
                case 7 -> {
                    @Nullable Long seq = random.nextBoolean() ? null : (Long) (long) random.nextInt(6);
                    yield new Call(
                            "restart",
                            s -> s.session(from, key)
                                    .thenApply(read -> read.result().version())
                                    .exceptionally(none -> NO_VERSION)
                                    .thenCompose(now -> s.restart(
                                            key,
                                            maybe,
                                            seq == null
                                                    ? null
                                                    : List.of(new SessionVersion(
                                                            now.incarnation(), seq, now.expiresAt())),
                                            description)));
                }
                case 8 -> {
                    Duration ttl = Duration.ofSeconds(10 + random.nextInt(10));
                    yield new Call("extend", s -> s.extend(key, maybe, ttl));
                }
                case 9 ->
                    random.nextInt(3) > 0
                            ? new Call("session", s -> s.session(from, key))
                            : new Call("close", s -> s.close(key, maybe));
                case 10 -> {
                    int after = random.nextInt(5);
                    yield new Call("events", s -> s.events(from, key, after, 3));
                }
                default ->
                    random.nextBoolean()
                            ? new Call("said by", s -> s.side(from, key, side))
                            : new Call("waiting", s -> s.waiting(from, namespace, "topic 0", 3));
            };
        }

        private static SessionToken token(Random random) {
            return new SessionToken("token-" + random.nextInt(3) + "-of-at-least-128-bits");
        }

        private static Trickle trickle(Random random) {
            var candidates = new ArrayList<Candidate>();
            IntStream.range(0, random.nextInt(3))
                    .mapToObj(i -> "\"candidate " + random.nextInt(5) + "\"")
                    .map(json -> new Candidate(json.getBytes(StandardCharsets.UTF_8)))
                    .forEach(candidates::add);
            return new Trickle(candidates, random.nextInt(5) == 0);
        }
    }
}
