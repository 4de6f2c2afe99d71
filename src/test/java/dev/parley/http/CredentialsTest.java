package dev.parley.http;

import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.access.Role;
import dev.parley.access.TestIssuer;
import dev.parley.http.OpenApiDocument.Operation;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where keys are required, each known way to bypass them fails. */
@QuarkusTest
@TestProfile(KeyProfile.class)
@SuppressWarnings("NullAway.Init") // the container fills the fields
class CredentialsTest {
    private static final String BEARER = "Bearer realm=\"parley\"";
    private static final String NOBODYS = "parley_" + "A".repeat(43);

    @Inject
    TestKeys keys;

    @TestHTTPResource(value = "/", management = true)
    URI operators;

    private final TestClient client = TestClient.ofNewOrigin();
    private final String namespace = "ns-" + UUID.randomUUID();
    private final Map<Role, String> secrets = new EnumMap<>(Role.class);

    @BeforeEach
    void createAKeyForEachRole() {
        for (Role role : Role.values()) {
            secrets.put(role, keys.valid(namespace, role));
        }
    }

    @Test
    void requestsWithoutCredentialAreRejected() {
        for (Operation operation : guarded()) {
            HttpReply refused = refused(operation, call(operation).send(), 401);

            assertThat(refused.header("WWW-Authenticate"))
                    .as(operation.toString())
                    .isEqualTo(BEARER);
        }
    }

    @Test
    void requestsWithAWrongCredentialAreRejected() {
        String peer = secret(Role.PEER);
        for (Operation operation : guarded()) {
            for (String wrong : List.of(NOBODYS, peer.substring(0, 49), peer + "A", peer.toLowerCase(Locale.ROOT))) {
                HttpReply refused =
                        refused(operation, bearing(wrong, call(operation)).send(), 401);

                assertThat(refused.header("WWW-Authenticate"))
                        .as(operation.toString())
                        .isEqualTo(BEARER + ", error=\"invalid_token\"");
            }
        }
    }

    /** Nothing reveals which of them is closer to a valid one. */
    @Test
    void wrongCredentialsGetTheSameReply() {
        String revoked = keys.valid("revoked", namespace, Role.PEER);
        keys.revoke("revoked");
        var expired = new HashMap<>(TestIssuer.claims(namespace, "[\"peer\"]"));
        expired.put("exp", "978307200");

        var texts = new ArrayList<String>();
        for (String wrong :
                List.of(NOBODYS, "x", revoked, TestIssuer.ofApplication().token(expired), "a.b.c")) {
            texts.add(
                    bearing(wrong, client.get("/api/v1/topics")).send().is(401).text());
        }
        assertThat(texts).containsOnly(texts.get(0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Basic cGVlcjpwZWVy",
                "Bearer",
                "Bearer ",
                "Bearer a b",
                "Bearer a,b",
                "Bearer ä",
                "Bearer =",
                "Bearer \"%s\"",
                "Bearer%s",
                "Bearer:%s",
                "Token %s",
                "%s",
                "Bearer %s, Bearer %s",
                "Bearer %s Bearer %s",
                "Bearer\t%s",
            })
    void otherSchemesCountAsNoCredential(String authorization) throws IOException {
        String peer = secret(Role.PEER);

        assertThat(raw("/api/v1/topics", "Authorization: " + authorization.replace("%s", peer)))
                .isEqualTo(401);
    }

    @Test
    void theSchemeIsCaseInsensitiveAndTheKeyIsNot() throws IOException {
        String peer = secret(Role.PEER);

        assertThat(raw("/api/v1/topics", "authorization: bEARER   " + peer)).isEqualTo(200);
        assertThat(raw("/api/v1/topics", "Authorization: Bearer " + swapCase(peer)))
                .isEqualTo(401);
    }

    @Test
    void twoCredentialsAreRejected() throws IOException {
        String peer = "Authorization: Bearer " + secret(Role.PEER);

        for (String other :
                List.of(peer, "Authorization: Bearer " + NOBODYS, "authorization: Basic eA==", "Authorization: ")) {
            assertThat(raw("/api/v1/topics", peer, other)).as(other).isEqualTo(400);
            assertThat(raw("/api/v1/topics", other, peer)).as(other).isEqualTo(400);
        }
    }

    @Test
    void credentialsOutsideTheHeaderAreIgnored() {
        String peer = secret(Role.PEER);
        for (String query :
                List.of("access_token=", "token=", "key=", "authorization=Bearer%20", "Authorization=Bearer+")) {
            HttpReply refused =
                    client.get("/api/v1/topics?" + query + peer).send().isProblem(401, "blank");
            assertThat(refused.header("WWW-Authenticate")).isEqualTo(BEARER);
            client.get("/topics?" + query + peer).send().isError(401);
        }
        client.post("/api/v1/sessions")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .send(BodyPublishers.ofString("access_token=" + peer))
                .is(401);
        client.get("/api/v1/topics")
                .header("Cookie", "access_token=" + peer)
                .send()
                .is(401);
        client.get("/api/v1/topics").token(peer).send().is(401);
    }

    @Test
    void aHeaderOfAMegabyteIsRejected() throws IOException {
        int status = raw("/api/v1/topics", "Authorization: Bearer " + "a".repeat(1 << 20));

        assertThat(status).isIn(0, 400, 413, 431);
        assertThat(raw("/api/v1/topics", "Authorization: Bearer " + "a".repeat(15_000)))
                .isEqualTo(401);
        bearing(secret(Role.PEER), client.get("/api/v1/topics")).send().is(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/topics/",
                "//api/v1/topics",
                "/%61pi/v1/topics",
                "/health/../api/v1/topics",
                "/q/../api/v1/topics",
                "/q/openapi/../../api/v1/topics",
                "/q/swagger-ui/../../api/v1/topics",
                "/q/swagger-ui/%2e%2e/%2e%2e/api/v1/topics",
                "/console/../api/v1/topics",
                "/./api/v1/topics",
                "/api/v1/topics;/health",
                "/api/v1/topics?/q/openapi",
                "/q/openapi/",
                "/q/sessions",
                "/q%2Fopenapi/sessions",
                "/health/sessions",
                "/health;/sessions",
                "/health/",
                "/parley.js/sessions",
                "/console/sessions",
                "/qr/sessions",
                "/qr",
                "/icon.svg/",
                "/topics",
                "/",
                "/?topics",
                "/nothing",
                "/api/v1",
            })
    void pathSpellingsDoNotBypassAuthentication(String path) throws IOException {
        assertThat(raw(path)).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRACE", "PROPFIND", "FOO", "PUT", "DELETE", "PATCH", "POST"})
    void methodsDoNotBypassAuthentication(String method) throws IOException {
        for (String path : List.of("/health", "/q/openapi", "/parley.js", "/", "/api/v1/topics", "/t/sessions")) {
            assertThat(status(
                            method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nAccept: text/html\r\n"))
                    .as(path)
                    .isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/health",
                "/q/openapi",
                "/q/swagger-ui/",
                "/parley.js",
                "/parley.d.ts",
                "/icon.svg",
                "/console/page.js"
            })
    void publicPathsNeedNoCredential(String path) throws IOException {
        assertThat(raw(path)).isEqualTo(200);
    }

    @Test
    void thePageIsPublicAndItsRequestsAreNot() throws IOException {
        assertThat(raw("/", "Accept: text/html")).isEqualTo(200);
        assertThat(raw("/", "Accept: application/json")).isEqualTo(401);
    }

    @Test
    void anUnreadBodyDoesNotBecomeTheNextRequest() throws IOException {
        String body = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
        try (var connection = new RawConnection()) {
            connection.send("POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n"
                    + body + "GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

            assertThat(connection.receive().orElseThrow().status()).isEqualTo(401);
            assertThat(connection.receive().orElseThrow().status()).isEqualTo(401);
            assertThat(connection.ends()).isTrue();
        }
    }

    @Test
    void aPeerMayCallEachEndpoint() {
        String peer = secret(Role.PEER);
        for (Operation operation : guarded()) {
            isAccepted(operation, bearing(peer, call(operation)).send());
        }
    }

    @Test
    void anObserverMayReadOnly() {
        String observer = secret(Role.OBSERVER);
        for (Operation operation : guarded()) {
            HttpReply reply = bearing(observer, call(operation)).send();
            boolean reads =
                    (operation.method().equals("GET") && !operation.path().endsWith("/ice-servers"))
                            || operation.path().equals("/poll")
                            || operation.path().equals("/api/v1/events");
            if (reads) {
                isAccepted(operation, reply);
            } else {
                refused(operation, reply, 403);
                assertThat(reply.header("WWW-Authenticate"))
                        .isEqualTo(BEARER + ", error=\"insufficient_scope\", scope=\"peer\"");
            }
        }
        bearing(observer, client.call("GET", "/api/v1/ice-servers/")).send().is(403);
    }

    @Test
    void anOperatorMayNotCallTheApi() {
        for (Operation operation : guarded()) {
            refused(operation, bearing(secret(Role.OPERATOR), call(operation)).send(), 403);
        }
    }

    @Test
    void remoteHealthAndMetricsRequireAnOperator() {
        for (String path : List.of("/q/metrics", "/q/health", "/q/health/ready", "/q/health/started", "/q/nothing")) {
            Response missing = look(path, null);
            assertThat(missing.statusCode()).as(path).isEqualTo(401);
            assertThat(missing.header("WWW-Authenticate")).isEqualTo(BEARER);
            assertThat(look(path, NOBODYS).statusCode()).as(path).isEqualTo(401);
            assertThat(look(path, secret(Role.PEER)).statusCode()).as(path).isEqualTo(403);
        }
        assertThat(look("/q/metrics", secret(Role.OPERATOR)).statusCode()).isEqualTo(200);
        assertThat(look("/q/health/ready", secret(Role.OPERATOR)).statusCode()).isEqualTo(200);
        assertThat(look("/q/health/live", null).statusCode()).isEqualTo(200);
        assertThat(look("/q/health/live/../ready", null).statusCode()).isEqualTo(401);
    }

    @Test
    void tokensOfTheIssuerAreAccepted() {
        TestIssuer issuer = TestIssuer.ofApplication();
        String token = issuer.token(TestIssuer.claims(namespace, "[\"observer\"]"));
        String code = UUID.randomUUID().toString();
        bearing(secret(Role.PEER), client.post("/api/v1/sessions"))
                .json(object("offer", "o", "code", code))
                .is(201);

        bearing(token, client.get("/api/v1/sessions/" + code)).send().is(200);
        bearing(token, client.post("/api/v1/sessions"))
                .json(object("offer", "o"))
                .is(403);
        String elsewhere = issuer.token(TestIssuer.claims("elsewhere", "[\"peer\"]"));
        bearing(elsewhere, client.get("/api/v1/sessions/" + code)).send().isProblem(404, "session-not-found");

        var expired = new HashMap<>(TestIssuer.claims(namespace, "[\"peer\"]"));
        expired.put("exp", "978307200");
        var early = new HashMap<>(TestIssuer.claims(namespace, "[\"peer\"]"));
        early.put("nbf", TestIssuer.FAR_FUTURE);
        String unsigned = TestIssuer.unsigned("none", TestIssuer.claims(namespace, "[\"peer\"]"));
        for (String bad : List.of(issuer.token(expired), issuer.token(early), unsigned + ".", unsigned)) {
            bearing(bad, client.get("/api/v1/topics")).send().isProblem(401, "blank");
        }
    }

    @Test
    void refusalsHaveCorsHeaders() {
        HttpReply preflight = client.call("OPTIONS", "/api/v1/sessions")
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,content-type")
                .send()
                .is(204);
        assertThat(preflight.header("Access-Control-Allow-Headers")).contains("Authorization");
        assertThat(preflight.hasHeader("Access-Control-Allow-Credentials")).isFalse();

        for (String key : List.of(NOBODYS, secret(Role.PEER), secret(Role.OPERATOR))) {
            HttpReply reply = bearing(key, client.get("/api/v1/topics")).send();
            assertThat(reply.header("Access-Control-Allow-Origin")).isEqualTo("*");
            assertThat(reply.header("Access-Control-Expose-Headers")).contains("WWW-Authenticate");
        }
        assertThat(client.get("/api/v1/topics").send().is(401).header("Access-Control-Allow-Origin"))
                .isEqualTo("*");
    }

    @Test
    void waitingRequestsEndWhenTheKeyIsRevoked() throws IOException {
        String secret = keys.valid("waits", namespace, Role.PEER);
        String code = UUID.randomUUID().toString();
        bearing(secret, client.post("/api/v1/sessions"))
                .json(object("offer", "o", "code", code))
                .is(201);
        String events = "/api/v1/sessions/" + code + "/events?after=1";
        var poll =
                bearing(secret, client.get(events)).header("Prefer", "wait=25").sendAsync();
        try (var stream = new RawConnection()) {
            stream.send("GET " + events + " HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer "
                    + secret + "\r\n\r\n");
            assertThat(stream.receive().orElseThrow().status()).isEqualTo(200);

            keys.revoke("waits");

            await().until(() -> endOf(stream));
        }
        HttpReply ended = poll.join().isProblem(401, "blank");
        assertThat(ended.header("WWW-Authenticate")).isEqualTo(BEARER + ", error=\"invalid_token\"");
    }

    /** Reads up to the last chunk. */
    private static boolean endOf(RawConnection stream) throws IOException {
        return stream.line().equals("0");
    }

    private Response look(String path, @Nullable String key) {
        RequestSpecification request = RestAssured.given().urlEncodingEnabled(false);
        URI there = URI.create("http://127.0.0.1:" + operators.getPort());
        return (key == null ? request : request.header("Authorization", "Bearer " + key)).get(there + path);
    }

    private String secret(Role role) {
        return Objects.requireNonNull(secrets.get(role));
    }

    private static List<Operation> guarded() {
        List<Operation> guarded = OpenApiDocument.served().operations().stream()
                .filter(operation -> !operation.path().equals("/health"))
                .toList();
        assertThat(guarded).hasSizeGreaterThan(15);
        return guarded;
    }

    private TestClient.Call call(Operation operation) {
        return client.call(operation.method(), operation.path().replaceAll("\\{[a-z]+}", "x"));
    }

    private static TestClient.Call bearing(String secret, TestClient.Call call) {
        return call.header("Authorization", "Bearer " + secret);
    }

    private static HttpReply refused(Operation operation, HttpReply reply, int status) {
        return operation.path().matches("/(api/v1|whip|whep)/.*")
                ? reply.isProblem(status, "blank")
                : reply.isError(status);
    }

    /** A missing session token is no rejection of the credential. */
    private static void isAccepted(Operation operation, HttpReply reply) {
        assertThat(reply.status()).as(operation.toString()).isNotEqualTo(403);
        assertThat(reply.headers().firstValue("WWW-Authenticate").orElse(""))
                .as(operation.toString())
                .doesNotStartWith("Bearer");
    }

    private static int raw(String path, String... headers) throws IOException {
        return status("GET " + path + " HTTP/1.1\r\nHost: x\r\n"
                + String.join(
                        "",
                        List.of(headers).stream().map(header -> header + "\r\n").toList()));
    }

    /** 0 if the service closes the connection. */
    private static int status(String head) throws IOException {
        return RawConnection.exchange(head + "Connection: close\r\n\r\n")
                .map(HttpReply::status)
                .orElse(0);
    }

    private static String swapCase(String text) {
        return "parley_"
                + text.substring(7)
                        .chars()
                        .mapToObj(c -> String.valueOf((char)
                                (Character.isLowerCase(c) ? Character.toUpperCase(c) : Character.toLowerCase(c))))
                        .reduce("", String::concat);
    }
}
