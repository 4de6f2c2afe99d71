package dev.parley.http.channel;

import static dev.parley.http.TestClient.object;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.LogCapture;
import dev.parley.access.Role;
import dev.parley.http.ChannelClient;
import dev.parley.http.HttpSession;
import dev.parley.http.KeyProfile;
import dev.parley.http.TestKeys;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The credential of a channel: how it is sent, what each role may do, and that the channel ends with it. */
@QuarkusTest
@TestProfile(KeyProfile.class)
@SuppressWarnings("NullAway.Init") // the container fills the field
class ChannelCredentialsTest {
    private static final String PROTOCOL = "parley.v1";

    @Inject
    TestKeys keys;

    private final String namespace = "ns-" + UUID.randomUUID();
    private final String code = HttpSession.newCode();

    private static ChannelClient withHeader(String secret) {
        return ChannelClient.open(List.of(PROTOCOL), "Authorization", "Bearer " + secret);
    }

    private static ChannelClient asAPage(String secret) {
        return ChannelClient.open(List.of(PROTOCOL, subprotocol(secret)), "Origin", "https://page.example");
    }

    private static String subprotocol(String secret) {
        return "bearer."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(secret.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void aPageSendsItsCredentialAsASubprotocol() {
        String secret = keys.valid(namespace, Role.PEER);
        try (ChannelClient page = asAPage(secret);
                ChannelClient program = withHeader(secret)) {
            assertThat(page.protocol()).as("the credential is not repeated").isEqualTo(PROTOCOL);
            page.call("open", "body", object("code", code, "offer", "an offer")).is(201);

            program.call("hello", "namespace", "another").is(204);
            program.call("read", "code", code).is(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "wrong", "parley_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    void aWrongCredentialOpensNoChannel(String secret) {
        assertThat(statusOf(List.of(PROTOCOL, subprotocol(secret)), "Origin", "https://page.example"))
                .isEqualTo(401);
        assertThat(statusOf(List.of(PROTOCOL), "Authorization", "Bearer " + secret))
                .isEqualTo(401);
        assertThat(statusOf(List.of(PROTOCOL, "bearer.***"), "Origin", "https://page.example"))
                .isEqualTo(401);
        assertThat(statusOf(List.of(PROTOCOL), "Origin", "https://page.example"))
                .isEqualTo(401);
    }

    @Test
    void twoCredentialsAreAmbiguous() {
        String secret = keys.valid(namespace, Role.PEER);

        assertThat(statusOf(List.of(PROTOCOL, subprotocol(secret)), "Authorization", "Bearer " + secret))
                .isEqualTo(400);
    }

    private static int statusOf(List<String> protocols, String header, String value) {
        var status = new int[1];
        assertThatThrownBy(() -> ChannelClient.open(protocols, header, value))
                .hasCauseInstanceOf(WebSocketHandshakeException.class)
                .satisfies(thrown -> status[0] = ((WebSocketHandshakeException) requireNonNull(thrown.getCause()))
                        .getResponse()
                        .statusCode());
        return status[0];
    }

    @Test
    void anObserverReadsOnly() {
        try (ChannelClient peer = asAPage(keys.valid(namespace, Role.PEER));
                ChannelClient observer = asAPage(keys.valid(namespace, Role.OBSERVER))) {
            peer.call("open", "body", object("code", code, "offer", "an offer")).is(201);

            observer.call("read", "code", code).is(200);
            observer.call("find").is(200);
            observer.call("watch", "code", code).is(200);
            assertThat(observer.events(code, 1)).hasSize(1);
            observer.call("unwatch", "code", code).is(204);
            observer.call("answer", "code", code, "body", object("answer", "an answer"))
                    .isProblem(403, "blank");
            observer.call("open", "body", object("offer", "an offer")).isProblem(403, "blank");
            observer.call("ice-servers").isProblem(403, "blank");
        }
        assertThat(statusOf(List.of(PROTOCOL), "Authorization", "Bearer " + keys.valid(namespace, Role.OPERATOR)))
                .isEqualTo(403);
    }

    @Test
    void aRevokedKeyEndsItsChannelsAtTheNextPing() {
        String name = "key-" + UUID.randomUUID();
        try (ChannelClient idle = asAPage(keys.valid(name, namespace, Role.PEER))) {
            idle.call("find").is(200);

            keys.revoke(name);

            assertThat(idle.closeCode()).isEqualTo(4401);
        }
    }

    @Test
    @SuppressWarnings("FutureReturnValueIgnored") // there is no reply
    void aRevokedKeyIsNotUsedAnyMore() {
        String name = "key-" + UUID.randomUUID();
        try (ChannelClient busy = asAPage(keys.valid(name, namespace, Role.PEER))) {
            keys.revoke(name);

            busy.send("open", "body", object("code", code, "offer", "an offer"));

            assertThat(busy.closeCode()).isEqualTo(4401);
        }
        try (ChannelClient other = asAPage(keys.valid(namespace, Role.PEER))) {
            other.call("read", "code", code).isProblem(404, "session-not-found");
        }
    }

    @Test
    void noCredentialIsLogged() {
        String secret = keys.valid(namespace, Role.PEER);
        try (LogCapture log = LogCapture.at("")) {
            try (ChannelClient page = asAPage(secret)) {
                page.call("find").is(200);
            }
            statusOf(List.of(PROTOCOL, subprotocol("wrong-" + secret)), "Origin", "https://page.example");
            assertThat(log.messages().toString()).doesNotContain(secret, subprotocol(secret));
        }
    }
}
