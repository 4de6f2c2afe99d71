package dev.parley.http.console;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.contract.SqliteProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page, the client and QR codes: who gets them, with which headers, and that they occupy no path of the APIs. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class ConsoleTest {
    private static final String CHROMIUM = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

    @ParameterizedTest
    @ValueSource(strings = {CHROMIUM, "text/html", "TEXT/HTML", "application/json;q=0.5, text/html"})
    void browsersGetThePage(String accept) {
        Response page = given().accept(accept).get("/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.contentType()).isEqualTo("text/html;charset=UTF-8");
        assertThat(page.asString()).startsWith("<!doctype html>").contains("<title>Parley</title>");
        assertThat(page.headers().getValues("Vary")).contains("accept");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*/*",
                "application/json",
                "application/json, text/html;q=0.9",
                "text/*;q=0.1, */*",
                "text/html;q=0, */*"
            })
    void otherClientsGetTheApi(String accept) {
        Response topics = given().accept(accept).get("/");

        assertThat(topics.statusCode()).isEqualTo(200);
        assertThat(topics.contentType()).startsWith("application/json");
        assertThat(topics.jsonPath().getMap("pagination")).containsKey("total");
        assertThat(topics.header("Vary")).isEqualToIgnoringCase("Accept");
        assertThat(topics.header("Content-Security-Policy")).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "/console.html, text/html;charset=UTF-8",
        "/console/page.js, text/javascript;charset=UTF-8",
        "/console/page.css, text/css;charset=UTF-8",
        "/icon.svg, image/svg+xml",
        "/parley.js, text/javascript;charset=UTF-8",
        "/parley.d.ts, text/plain;charset=UTF-8",
    })
    void filesHaveARestrictiveContentSecurityPolicy(String path, String type) {
        Response file = given().get(path);

        assertThat(file.statusCode()).isEqualTo(200);
        assertThat(file.contentType()).isEqualTo(type);
        assertThat(file.header("Content-Security-Policy"))
                .startsWith("default-src 'none'")
                .doesNotContain("unsafe", "http", "*");
        assertThat(file.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(file.header("Referrer-Policy")).isEqualTo("no-referrer");
    }

    @Test
    void pagesOfOtherOriginsMayLoadTheClient() {
        Response client = given().header("Origin", "https://chess.example").get("/parley.js");

        assertThat(client.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(client.header("Cross-Origin-Resource-Policy")).isEqualTo("cross-origin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"parley.js", "parley.d.ts", "console", "console.html", "console/page.js", "icon.svg", "qr"})
    void topicsMayHaveNamesOfFiles(String name) {
        String topic = URLEncoder.encode(name, StandardCharsets.UTF_8);

        String code = given().contentType("application/json")
                .body("{\"peerId\":\"p\",\"offer\":\"o\"}")
                .post("/{topic}/offer", name)
                .then()
                .statusCode(200)
                .extract()
                .path("code");
        List<String> codes =
                given().urlEncodingEnabled(false).get("/" + topic + "/sessions").path("sessions.code");
        assertThat(codes).contains(code);
    }

    @Test
    void aLinkBecomesAQrCode() {
        Response code = qrCode("https://parley.example/#code=x");

        assertThat(code.statusCode()).isEqualTo(200);
        assertThat(code.contentType()).isEqualTo("image/svg+xml");
        assertThat(code.asString()).startsWith("<svg ").endsWith("</svg>\n");
        assertThat(code.header("Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void linksAreBounded() {
        qrCode("x".repeat(800)).then().statusCode(200);
        qrCode("x".repeat(801)).then().statusCode(400);
        qrCode("x".repeat(3_201)).then().statusCode(400);
        given().post("/qr").then().statusCode(400);
        qrCode("\uD83D\uDE80".repeat(400)).then().statusCode(200);
    }

    /** A link contains a code, and URLs are written into logs, here or by proxies. */
    @Test
    void linksAreNotAcceptedInUrls() {
        given().queryParam("link", "https://parley.example/#code=x")
                .get("/qr")
                .then()
                .statusCode(404);
    }

    private static Response qrCode(String link) {
        return given().contentType("text/plain;charset=UTF-8").body(link).post("/qr");
    }
}
