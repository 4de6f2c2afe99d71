package dev.parley.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Seed;
import dev.parley.feed.Feed;
import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Namespace;
import dev.parley.session.Opening;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.Trickle;
import dev.parley.signaling.Signaling;
import dev.parley.signaling.Stages;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A reader that loses its connection again and again, at any byte of any reply, still gets each event once and in order: by
 * streams and by long polls, with {@code Last-Event-ID} and with {@code after}, while the events are being committed
 * ({@code -Dparley.reconnects=} says in how many sessions).
 */
abstract class ReconnectContract {
    private static final int SESSIONS = Integer.getInteger("parley.reconnects", 300);
    private static final int READERS = 4;
    private static final SecureRandom TOKENS = new SecureRandom();

    @Inject
    Signaling signaling;

    @Inject
    Feed feed;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    @Timeout(600)
    void eachEventArrivesOnceAndInOrder() throws Exception {
        Seed seed = Seed.of(getClass());
        for (int round = 0; round < SESSIONS; round += READERS) {
            var readers = new ArrayList<Future<?>>();
            for (int i = 0; i < READERS; i++) {
                Random random = seed.round(round + i).random();
                readers.add(threads.submit(() -> follow(random)));
            }
            for (Future<?> reader : readers) {
                reader.get(120, TimeUnit.SECONDS);
            }
        }
    }

    private Void follow(Random random) throws Exception {
        var key = new SessionKey(new Namespace("https://reconnect.example"), new Code(Rendezvous.newCode()));
        SessionToken token = SessionToken.random(TOKENS);
        Stages.result(signaling.open(
                key.namespace(),
                new Opening(key.code(), null, null, List.of(), Description.of("1"), Trickle.NOTHING, null, token)));
        int events = 2 + random.nextInt(30);
        long writingSeed = random.nextLong();
        Future<?> writing = threads.submit(() -> write(key, token, events, new Random(writingSeed)));
        var reader = new ForgetfulReader(key, events, random);
        while (reader.seen() < events) {
            reader.readUntilTheConnectionIsLost();
        }
        writing.get(30, TimeUnit.SECONDS);
        assertThat(reader.texts())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, events)
                        .mapToObj(Integer::toString)
                        .toList());
        return null;
    }

    /** Events 2, 3, 4 … each of which says its own number; several in a commit now and then. */
    private Void write(SessionKey key, SessionToken token, int events, Random random) {
        int next = 2;
        while (next <= events) {
            int together = Math.min(1 + random.nextInt(3), events - next + 1);
            List<Candidate> candidates = IntStream.range(next, next + together)
                    .mapToObj(number -> new Candidate(("\"" + number + "\"").getBytes(StandardCharsets.UTF_8)))
                    .toList();
            Stages.result(signaling.trickle(key, token, new Trickle(candidates, false), null));
            next += together;
            for (int turn = random.nextInt(2_000); turn > 0; turn--) {
                Thread.onSpinWait();
            }
        }
        return null;
    }
}
