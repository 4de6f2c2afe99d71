package dev.parley.http.rondevu;

import static dev.parley.http.TestClient.object;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.http.HttpReply;
import dev.parley.http.RestrictedProfile;
import dev.parley.http.TestClient;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operators can disable the compatible API and restrict the origins of pages. */
@Tag("integration")
@QuarkusTest
@TestProfile(RestrictedProfile.class)
class RestrictedTest {
    private final TestClient page = TestClient.of("https://a.example");

    @Test
    void theCompatibleApiIsDisabled() {
        for (String path : List.of("/", "/topics", "/t/sessions", "/topics?page=x")) {
            page.get(path).send().isError(404);
        }
        page.post("/t/offer").json(object("peerId", "p", "offer", "o")).isError(404);
        page.post("/answer")
                .json(object("code", "c", "side", "answerer", "answer", "x"))
                .isError(404);
        page.post("/poll").json("no json").isError(404);
    }

    @Test
    void theConsoleIsServed() {
        given().accept("text/html").get("/").then().statusCode(200).contentType("text/html");
        given().get("/parley.js").then().statusCode(200);
    }

    @Test
    void theNativeApiIsServed() {
        page.get("/health").send().is(200);
        page.get("/q/openapi").send().is(200);
        String code =
                page.post("/api/v1/sessions").json(object("offer", "x")).is(201).textAt("/code");
        page.get("/api/v1/sessions/" + code).send().is(200);
        page.get("/api/v1/topics").send().is(200);
    }

    /** Otherwise a cache would give the page of a listed origin a reply that does not allow it. */
    @Test
    void repliesToOthersAreNotCachedForPages() {
        for (TestClient other : List.of(TestClient.withoutOrigin(), TestClient.of("https://evil.example"))) {
            HttpReply file = other.get("/parley.js").send();
            assertThat(file.headers().allValues("Vary")).contains("Origin");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://a.example", "https://www.b.example"})
    void pagesOfListedOriginsMayCall(String origin) {
        TestClient client = TestClient.of(origin);
        HttpReply preflight = client.call("OPTIONS", "/api/v1/sessions")
                .header("Access-Control-Request-Method", "POST")
                .send()
                .is(204);
        HttpReply reply = client.get("/api/v1/topics").send().is(200);

        for (HttpReply allowed : List.of(preflight, reply)) {
            assertThat(allowed.header("Access-Control-Allow-Origin")).isEqualTo(origin);
            assertThat(allowed.header("Vary")).isEqualTo("Origin");
            assertThat(allowed.hasHeader("Access-Control-Allow-Credentials")).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "http://a.example",
                "https://a.example:8443",
                "https://a.example.evil.example",
                "https://evil.example/https://a.example",
                "https://b.example",
                "https://www.b.example.evil.example",
                "https://wwwxb.example",
                "HTTPS://A.EXAMPLE",
                "https://a.example, https://evil.example",
                "garbage",
                "",
            })
    void pagesOfOtherOriginsAreRejected(String origin) {
        TestClient client = TestClient.of(origin);
        List<HttpReply> refusals = List.of(
                client.get("/api/v1/topics").send().isProblem(403, "blank"),
                client.post("/api/v1/sessions").json(object("offer", "x")).isProblem(403, "blank"),
                client.call("OPTIONS", "/api/v1/sessions")
                        .header("Access-Control-Request-Method", "POST")
                        .send()
                        .isProblem(403, "blank"),
                client.get("/health").send().isError(403));
        for (HttpReply refused : refusals) {
            assertThat(refused.headers().map().keySet())
                    .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control"));
        }
    }

    @Test
    void theServicesOwnPagesMayCall() {
        String own = TestClient.service().toString().replaceFirst("/$", "");

        TestClient.of(own).post("/api/v1/sessions").json(object("offer", "x")).is(201);
    }

    @Test
    void requestsWithoutOriginMayCall() {
        TestClient.withoutOrigin().get("/api/v1/topics").send().is(200);
    }
}
