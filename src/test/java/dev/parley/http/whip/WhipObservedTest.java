package dev.parley.http.whip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.LogCapture;
import dev.parley.http.HttpReply;
import dev.parley.http.LimitsProfile;
import dev.parley.http.TestClient;
import dev.parley.waiting.WaitRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the log contains of WHIP, the limit of waiting requests, and the absolute URL of a session where the public URL is configured. */
@Tag("integration")
@QuarkusTest
@TestProfile(LimitsProfile.class)
@SuppressWarnings("NullAway.Init") // the container fills the field
class WhipObservedTest {
    @Inject
    WaitRegistry registry;

    @Test
    void anOfferBeyondTheLimitOfItsAddressLeavesNoSession() {
        TestClient page = TestClient.ofNewOrigin();
        var client = new WhipClient(Protocol.WHEP, page);
        List<CompletableFuture<HttpReply>> waiting =
                Stream.generate(() -> client.offer("/whep/crowd")).limit(5).toList();
        await().until(() ->
                registry.size() == 5 && WhipClient.listings(page, "crowd").size() == 5);
        String bookmark = bookmark(page);

        WhipClient.reply(client.offer("/whep/crowd")).isProblem(429, "too-many-waits");
        assertThat(bookmark(page)).as("the bookmark if nothing was stored").isEqualTo(bookmark);
        assertThat(WhipClient.listings(page, "crowd")).hasSize(5);
        for (JsonNode listing : WhipClient.listings(page, "crowd")) {
            WhipClient.answer(page, listing.path("code").textValue()).is(201);
        }
        waiting.forEach(reply -> WhipClient.reply(reply).is(201));
    }

    private static String bookmark(TestClient page) {
        return page.get("/api/v1/sessions?topic=crowd").send().is(200).header("x-d1-bookmark");
    }

    @Test
    void theLogContainsPatternsAndTheUrlIsAbsolute() {
        TestClient page = TestClient.ofNewOrigin();
        var client = new WhipClient(Protocol.WHIP, page);
        try (LogCapture log = LogCapture.at("dev.parley.access")) {
            HttpReply established = client.established("a-secret-topic");
            assertThat(established.header("Location")).matches("https://parley\\.test/whip/sessions/[A-Za-z0-9_-]{32}");
            String path = established.header("Location").replace("https://parley.test", "");
            client.call("DELETE", path).send().is(200);

            await().until(() ->
                    log.messages().stream().anyMatch(line -> line.contains(" DELETE /whip/sessions/{session} 200 ")));
            assertThat(log.messages()).anyMatch(line -> line.contains(" POST /whip/{topic} 201 "));
            assertThat(log.messages()).noneMatch(line -> line.contains("secret") || line.contains(path));
        }
    }
}
