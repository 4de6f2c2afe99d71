package dev.parley.contract;

import static dev.parley.contract.Awaited.result;

import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Namespace;
import dev.parley.session.Opening;
import dev.parley.session.Trickle;
import dev.parley.signaling.DefaultLimits;
import dev.parley.signaling.TestSignaling;
import dev.parley.store.Database;
import dev.parley.store.crypto.EncryptionKeys;
import dev.parley.store.sql.EncryptionCheck;
import dev.parley.waiting.TestWaitRegistries;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Sessions as a server stores them, for tests of administration. */
public final class StoredSessions {
    private StoredSessions() {}

    /** Opens sessions with these codes that live for an hour from {@code now} on, in a store without keys. */
    public static void open(Database database, Instant now, String... codes) {
        open(database, EncryptionKeys.EMPTY, now, codes);
    }

    /** The same as a server with {@code keys}. */
    public static void open(Database database, EncryptionKeys keys, Instant now, String... codes) {
        var random = new SecureRandom();
        var signaling = TestSignaling.over(
                database,
                EncryptionCheck.codec(database, keys, true, random, now),
                TestWaitRegistries.nobodyWaits(),
                DefaultLimits.living(Duration.ofHours(1), Duration.ofSeconds(10)),
                () -> now,
                random);
        for (String code : codes) {
            result(signaling.open(
                    Namespace.UNKNOWN,
                    new Opening(
                            new Code(code),
                            "topic",
                            "peer",
                            List.of(),
                            Description.of("the offer of " + code),
                            Trickle.NOTHING,
                            null,
                            null)));
        }
    }
}
