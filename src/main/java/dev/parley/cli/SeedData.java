package dev.parley.cli;

import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Namespace;
import dev.parley.session.Opening;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.Side;
import dev.parley.session.Trickle;
import dev.parley.signaling.SessionConfig;
import dev.parley.signaling.Signaling;
import dev.parley.store.Database;
import dev.parley.store.Futures;
import dev.parley.store.ReadFrom;
import dev.parley.store.sql.SessionStore;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Creates sessions that look like real ones. A number identifies each, and always produces the same session. */
@Singleton
public final class SeedData {
    public static final int SESSIONS_DEFAULT = 12;

    static final String PREFIX = "seed-";
    static final String EXAMPLE_CODE = "seed-1";
    static final String EXAMPLE_TOKEN = "seed-1-offerer-is-not-secret";

    private static final List<String> TOPICS = List.of("chess", "chess", "tea", "karaoke/late night");
    private static final int ANSWERED_EVERY = 3;

    private final Database database;
    private final Signaling signaling;
    private final SessionConfig config;

    public SeedData(Signaling signaling, Database database, SessionConfig config) {
        this.database = database;
        this.signaling = signaling;
        this.config = config;
    }

    /** Creates sessions 1 to {@code sessions} unless they are live; returns the number of new ones. */
    public int create(Namespace namespace, int sessions) {
        int created = 0;
        for (int number = 1; number <= sessions; number++) {
            var code = new Code(PREFIX + number);
            var opening = new Opening(
                    code,
                    TOPICS.get(number % TOPICS.size()),
                    "seed peer " + number,
                    List.of("seed"),
                    description(number, Side.OFFERER),
                    trickle(number, Side.OFFERER),
                    config.ttlMax(),
                    token(number, Side.OFFERER));
            boolean replay =
                    Futures.join(signaling.open(namespace, opening)).result().replay();
            created += replay ? 0 : 1;
            if (number % ANSWERED_EVERY == 0) {
                Futures.join(signaling.answer(
                        new SessionKey(namespace, code),
                        description(number, Side.ANSWERER),
                        null,
                        trickle(number, Side.ANSWERER),
                        token(number, Side.ANSWERER)));
            }
        }
        return created;
    }

    /** Whether the store has sessions that this class did not create. */
    boolean isAmongOthers() {
        return Futures.join(database.scan(ReadFrom.PRIMARY, node -> SessionStore.hasSessionsWithout(node, PREFIX)))
                .result();
    }

    private static SessionToken token(int number, Side side) {
        return new SessionToken(PREFIX + number + "-" + side.word() + "-is-not-secret");
    }

    /** For a data channel, with an address reserved for documentation (RFC 5737). */
    private static Description description(int number, Side side) {
        return Description.of("""
                v=0
                o=- %d 1 IN IP4 192.0.2.1
                s=-
                t=0 0
                m=application 9 UDP/DTLS/SCTP webrtc-datachannel
                c=IN IP4 0.0.0.0
                a=mid:0
                a=setup:%s
                a=sctp-port:5000
                """.formatted(number, side == Side.OFFERER ? "actpass" : "active")
                .replace("\n", "\r\n"));
    }

    private static Trickle trickle(int number, Side side) {
        String json = """
                {"candidate":"candidate:1 1 udp 2122252543 192.0.2.%d %d typ host","sdpMid":"0","sdpMLineIndex":0}""".formatted(side == Side.OFFERER ? 7 : 8, 50_000 + number % 10_000);
        return new Trickle(List.of(new Candidate(json.getBytes(StandardCharsets.UTF_8))), false);
    }
}
