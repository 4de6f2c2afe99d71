package dev.parley.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.access.Keyring;
import dev.parley.access.Keys;
import dev.parley.access.Role;
import dev.parley.session.Namespace;
import dev.parley.store.Database;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who tries keys out is held to the rate of its address. Each test comes from its own. */
@QuarkusTest
@TestProfile(KeyRateProfile.class)
@SuppressWarnings("NullAway.Init") // the container fills the fields
class KeyRateTest {
    @Inject
    Keys keys;

    @Inject
    Keyring keyring;

    @Inject
    Database database;

    @Test
    void wrongKeysUseUpTheRateOfTheirAddress() throws IOException {
        try (var connection = new RawConnection("127.0.2.1")) {
            for (int i = 0; i < KeyRateProfile.PER_ADDRESS; i++) {
                assertThat(ask(connection, "guess-" + i).is(401).header("RateLimit"))
                        .startsWith("\"address\";r=" + (KeyRateProfile.PER_ADDRESS - 1 - i) + ";t=");
            }
            Reply refused = ask(connection, "another-guess").isProblem(429, "too-many-requests");
            assertThat(refused.hasHeader("WWW-Authenticate")).isFalse();
            assertThat(refused.hasHeader("Retry-After")).isTrue();
        }
    }

    /** Else the difference would tell which key is one. */
    @Test
    void beyondTheRateARightKeyIsRefusedLikeAWrongOne() throws IOException {
        String right =
                keys.create("right", new Namespace("room"), Set.of(Role.PEER)).secret();
        keyring.look(database).toCompletableFuture().join();
        try (var connection = new RawConnection("127.0.2.2");
                var elsewhere = new RawConnection("127.0.2.3")) {
            for (int i = 0; i < KeyRateProfile.PER_ADDRESS; i++) {
                ask(connection, "guess-" + i).is(401);
            }
            ask(connection, right).isProblem(429, "too-many-requests");
            ask(elsewhere, right).is(200);
        }
    }

    private static Reply ask(RawConnection connection, String key) throws IOException {
        return connection
                .send("GET /api/v1/topics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key + "\r\n\r\n")
                .receive()
                .orElseThrow();
    }
}
