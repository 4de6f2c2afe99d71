package dev.parley.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.CampaignSize;
import dev.parley.TestSeed;
import dev.parley.contract.Awaited;
import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Namespace;
import dev.parley.session.Opening;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.Trickle;
import dev.parley.signaling.Signaling;
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
 * A reader that loses its connection at any byte of any reply still receives each event once and in order, by streams and by long polls,
 * with {@code Last-Event-ID} and with {@code after}, while events are being committed. A reader that keeps its connection receives each
 * commit ({@code -Dparley.reconnects=} sets the number of sessions).
 */
abstract class ReconnectContract {
    private static final int SESSIONS = CampaignSize.of("parley.reconnects", 1_000);
    private static final int READERS = 4;
    private static final int BYTES_MAX = 3_000;
    private static final SecureRandom TOKENS = new SecureRandom();

    @Inject
    Signaling signaling;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    @Timeout(600)
    void eachEventArrivesOnceAndInOrder() throws Exception {
        TestSeed seed = TestSeed.of(getClass());
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

    @Test
    @Timeout(600)
    void noCommitIsMissedBetweenTheReadAndTheWait() throws Exception {
        TestSeed seed = TestSeed.of(getClass());
        for (int round = 0; round < SESSIONS; round++) {
            race(seed.round(round).random());
        }
    }

    /** One commit at about the time of one request; no later one would wake the reader. */
    private void race(Random random) throws Exception {
        SessionKey key = newKey();
        SessionToken token = open(key);
        boolean stream = random.nextBoolean();
        int turns = random.nextInt(60_000);
        var reader = new ReconnectingReader(key, 2, random);
        Future<?> reading = threads.submit(() -> {
            while (reader.seen() < 2) {
                reader.read(stream, Integer.MAX_VALUE);
            }
            return null;
        });
        spin(turns);
        say(key, token, 2, 3);
        reading.get(120, TimeUnit.SECONDS);
    }

    private Void follow(Random random) throws Exception {
        SessionKey key = newKey();
        SessionToken token = open(key);
        int events = 2 + random.nextInt(30);
        long writingSeed = random.nextLong();
        Future<?> writing = threads.submit(() -> write(key, token, events, new Random(writingSeed)));
        var reader = new ReconnectingReader(key, events, random);
        while (reader.seen() < events) {
            reader.read(random.nextBoolean(), random.nextInt(BYTES_MAX));
        }
        writing.get(120, TimeUnit.SECONDS);
        assertThat(reader.texts())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, events)
                        .mapToObj(Integer::toString)
                        .toList());
        return null;
    }

    /** Events 2, 3, 4 …, several in a commit now and then. */
    private Void write(SessionKey key, SessionToken token, int events, Random random) {
        int next = 2;
        while (next <= events) {
            int behind = Math.min(next + 1 + random.nextInt(3), events + 1);
            say(key, token, next, behind);
            next = behind;
            spin(random.nextInt(2_000));
        }
        return null;
    }

    private static SessionKey newKey() {
        return new SessionKey(new Namespace("https://reconnect.example"), new Code(HttpSession.newCode()));
    }

    /** Opens a session whose event 1 has the text "1". */
    private SessionToken open(SessionKey key) {
        SessionToken token = SessionToken.random(TOKENS);
        Awaited.result(signaling.open(
                key.namespace(),
                new Opening(key.code(), null, null, List.of(), Description.of("1"), Trickle.NOTHING, null, token)));
        return token;
    }

    /** Commits the events from {@code first} up to {@code behind}, each with its own number as text. */
    private void say(SessionKey key, SessionToken token, int first, int behind) {
        List<Candidate> candidates = IntStream.range(first, behind)
                .mapToObj(number -> new Candidate(("\"" + number + "\"").getBytes(StandardCharsets.UTF_8)))
                .toList();
        Awaited.result(signaling.trickle(key, token, new Trickle(candidates, false), null));
    }

    private static void spin(int turns) {
        for (int turn = 0; turn < turns; turn++) {
            Thread.onSpinWait();
        }
    }
}
