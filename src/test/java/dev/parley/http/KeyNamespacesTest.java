package dev.parley.http;

import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.access.Role;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A key accesses its namespace only. */
@Tag("integration")
@QuarkusTest
@TestProfile(KeyProfile.class)
@SuppressWarnings("NullAway.Init") // the container fills the field
class KeyNamespacesTest {
    @Inject
    TestKeys testKeys;

    private final String home = "home-" + UUID.randomUUID();
    private final String abroad = "abroad-" + UUID.randomUUID();

    @Test
    void theNamespaceIsThatOfTheKey() {
        String code = UUID.randomUUID().toString();
        String secret = testKeys.valid(home, Role.PEER);
        open(TestClient.of("https://one.example"), secret, code).is(201);

        for (TestClient page :
                List.of(TestClient.withoutOrigin(), TestClient.of("https://two.example"), TestClient.of(abroad))) {
            with(page.get("/api/v1/sessions/" + code), secret).send().is(200);
            with(page.get("/api/v1/sessions/" + code), secret)
                    .header("Parley-Namespace", abroad)
                    .send()
                    .is(200);
            assertThat(with(page.get("/t/sessions"), secret).send().is(200).at("/sessions"))
                    .hasSize(1);
        }
        // Keys of one namespace share its sessions.
        with(TestClient.withoutOrigin().get("/api/v1/sessions/" + code), testKeys.valid(home, Role.OBSERVER))
                .send()
                .is(200);
    }

    @Test
    void foreignSessionsLookUnknown() {
        String code = UUID.randomUUID().toString();
        String never = UUID.randomUUID().toString();
        open(TestClient.withoutOrigin(), testKeys.valid(home, Role.PEER), code).is(201);
        String stranger = testKeys.valid(abroad, Role.PEER);
        TestClient forger = TestClient.of(home); // with the origin of that name

        for (String call : List.of(
                "GET /api/v1/sessions/%s",
                "GET /api/v1/sessions/%s/events",
                "PUT /api/v1/sessions/%s/answer",
                "POST /api/v1/sessions/%s/candidates",
                "PATCH /api/v1/sessions/%s",
                "DELETE /api/v1/sessions/%s",
                "POST /poll",
                "POST /answer")) {
            HttpReply foreign = strange(forger, stranger, call, code);
            HttpReply unknown = strange(forger, stranger, call, never);
            assertThat(foreign.status()).as(call).isEqualTo(404);
            assertThat(foreign.text()).as(call).isEqualTo(unknown.text());
            assertThat(new TreeSet<>(foreign.headers().map().keySet()))
                    .as(call)
                    .isEqualTo(new TreeSet<>(unknown.headers().map().keySet()));
        }
        assertThat(with(forger.get("/api/v1/sessions"), stranger).send().is(200).at("/items"))
                .isEmpty();
        assertThat(with(forger.get("/api/v1/topics"), stranger).send().is(200).at("/items"))
                .isEmpty();
        assertThat(with(forger.get("/t/sessions"), stranger).send().is(200).at("/sessions"))
                .isEmpty();
        // The code is free in the other namespace.
        open(forger, stranger, code).is(201);
    }

    private HttpReply strange(TestClient client, String key, String call, String code) {
        String[] parts = call.formatted(code).split(" ");
        TestClient.Call request = with(client.call(parts[0], parts[1]), key)
                .header("Parley-Namespace", home)
                .token("a-token-of-22-letters!");
        return switch (parts[0]) {
            case "GET", "DELETE" -> request.send();
            case "PATCH" -> request.json(object("ttl", 60));
            case "PUT" -> request.json(object("answer", "a"));
            default ->
                request.json(
                        switch (parts[1]) {
                            case "/poll" -> object("code", code, "side", "offerer");
                            case "/answer" -> object("code", code, "side", "answerer", "answer", "a");
                            default -> object("candidates", List.of("candidate:1"));
                        });
        };
    }

    private static HttpReply open(TestClient client, String key, String code) {
        return with(client.post("/api/v1/sessions"), key).json(object("offer", "o", "topic", "t", "code", code));
    }

    private static TestClient.Call with(TestClient.Call call, String key) {
        return call.header("Authorization", "Bearer " + key);
    }
}
