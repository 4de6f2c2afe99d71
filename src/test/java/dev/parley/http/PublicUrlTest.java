package dev.parley.http;

import static dev.parley.http.HttpSession.newCode;
import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code parley.http.public-url} determines the own origin, whatever proxies do to requests. */
@Tag("integration")
@QuarkusTest
@TestProfile(LimitsProfile.class)
class PublicUrlTest {
    private final TestClient page = TestClient.of(LimitsProfile.PUBLIC_ORIGIN);
    private final String code = newCode();

    @Test
    void aPageReadsWhatItWrote() {
        page.post("/api/v1/sessions").json(object("offer", "o", "code", code)).is(201);

        read("Sec-Fetch-Site", "same-origin").is(200);
        read("Referer", LimitsProfile.PUBLIC_ORIGIN + "/page").is(200);
        read("Referer", "https://other.example/").is(404);
        read("Referer", LimitsProfile.PUBLIC_ORIGIN + ".evil.example/").is(404);
        read("Referer", LimitsProfile.PUBLIC_ORIGIN + "@evil.example/").is(404);
    }

    private HttpReply read(String header, String value) {
        return TestClient.withoutOrigin()
                .get("/api/v1/sessions/" + code)
                .header(header, value)
                .send();
    }

    @Test
    void otherOriginsAreNotItsOwn() {
        String asked = TestClient.service().toString().replaceFirst("/$", "");

        assertThat(TestClient.of(asked)
                        .post("/api/v1/sessions")
                        .json(object("offer", "o"))
                        .status())
                .isEqualTo(403);
    }
}
