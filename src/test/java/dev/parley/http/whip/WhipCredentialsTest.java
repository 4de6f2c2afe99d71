package dev.parley.http.whip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.access.Role;
import dev.parley.http.HttpReply;
import dev.parley.http.KeyProfile;
import dev.parley.http.TestClient;
import dev.parley.http.TestKeys;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Bearer tokens of encoders and players (RFC 9725, section 4.7). */
@QuarkusTest
@TestProfile(KeyProfile.class)
@SuppressWarnings("NullAway.Init") // the container fills the fields
class WhipCredentialsTest {
    @Inject
    TestKeys keys;

    private final String namespace = "stage-" + UUID.randomUUID();
    private final TestClient obs = TestClient.withoutOrigin();
    private final String endpoint = "/whip/tea";

    @Test
    void theNamespaceIsThatOfTheCredential() {
        String key = keys.valid(namespace, Role.PEER);
        CompletableFuture<HttpReply> offered = post(key, endpoint + "?namespace=other");
        String code = codeOf(key);
        obs.put("/api/v1/sessions/" + code + "/answer")
                .header("Authorization", "Bearer " + key)
                .json(TestClient.object("answer", WhipClient.ANSWER))
                .is(201);

        HttpReply reply = WhipClient.reply(offered).is(201);
        String location = reply.header("Location");
        assertThat(location).doesNotContain("namespace");
        String other = keys.valid("elsewhere", Role.PEER);
        delete(location, null).is(401);
        delete(location, "wrong").is(401);
        delete(location, other).isProblem(404, "session-not-found");
        delete(location, keys.valid(namespace, Role.OBSERVER)).is(403);
        delete(location, key).is(200);
    }

    private String codeOf(String key) {
        HttpReply listed = null;
        while (listed == null || listed.at("/items").isEmpty()) {
            listed = obs.get("/api/v1/sessions?topic=tea")
                    .header("Authorization", "Bearer " + key)
                    .send();
        }
        return listed.textAt("/items/0/code");
    }

    @Test
    void anOfferNeedsTheRoleOfAPeer() {
        WhipClient.reply(post("wrong", endpoint)).is(401);
        WhipClient.reply(post(keys.valid(namespace, Role.OBSERVER), endpoint)).is(403);
        obs.post(endpoint)
                .header("Content-Type", "application/sdp")
                .send(BodyPublishers.ofString(WhipClient.OFFER))
                .isProblem(401, "blank");
    }

    /** They contain a credential for TURN servers. */
    @Test
    void onlyAPeerReceivesTheServers() {
        HttpReply anonymous = obs.call("OPTIONS", endpoint).send().is(200);
        assertThat(anonymous.header("Accept-Post")).isEqualTo("application/sdp");
        assertThat(anonymous.hasHeader("Link")).isFalse();
        obs.call("OPTIONS", endpoint)
                .header("Authorization", "Bearer wrong")
                .send()
                .is(401);
        HttpReply admitted = obs.call("OPTIONS", endpoint)
                .header("Authorization", "Bearer " + keys.valid(namespace, Role.PEER))
                .send()
                .is(200);
        assertThat(admitted.headers().allValues("Link")).hasSize(3);
    }

    private CompletableFuture<HttpReply> post(String key, String path) {
        return obs.post(path)
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/sdp")
                .sendAsync(BodyPublishers.ofString(WhipClient.OFFER));
    }

    private HttpReply delete(String location, @Nullable String key) {
        TestClient.Call call = obs.delete(location);
        return (key == null ? call : call.header("Authorization", "Bearer " + key)).send();
    }
}
