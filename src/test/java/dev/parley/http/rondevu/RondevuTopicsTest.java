package dev.parley.http.rondevu;

import static dev.parley.http.HttpSession.ANSWER;
import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.contract.MovableClock;
import dev.parley.contract.SqliteProfile;
import dev.parley.http.HttpReply;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GET /, GET /topics and GET /health: topics in pages, the version and the health. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class RondevuTopicsTest {
    @Inject
    MovableClock clock;

    private final Rondevu rondevu = Rondevu.ofNewOrigin();

    @Test
    void withoutSessionsThereAreNoTopics() {
        assertThat(topics("").text())
                .isEqualTo("{\"topics\":[],\"pagination\":{\"page\":1,\"limit\":100,\"total\":0,\"hasMore\":false}}");
    }

    @Test
    void topicsAreListedAlphabeticallyWithTheirCounts() {
        rondevu.opened("go");
        rondevu.opened("chess");
        rondevu.opened("chess");

        assertThat(topics("").json())
                .isEqualTo(object(
                        "topics",
                        List.of(object("topic", "chess", "count", 2), object("topic", "go", "count", 1)),
                        "pagination",
                        object("page", 1, "limit", 100, "total", 2, "hasMore", false)));
    }

    @Test
    void theRootReportsTheVersion() {
        rondevu.opened("chess");
        HttpReply front = rondevu.client().get("/").send().is(200);

        assertThat(front.json())
                .isEqualTo(object(
                        "version",
                        ConfigProvider.getConfig().getValue("quarkus.application.version", String.class),
                        "topics",
                        List.of(object("topic", "chess", "count", 1)),
                        "pagination",
                        object("page", 1, "limit", 100, "total", 1, "hasMore", false)));
        assertThat(rondevu.client().get("/?page=2&limit=1").send().at("/topics"))
                .isEmpty();
    }

    @Test
    void onlyUnansweredSessionsAreCounted() {
        rondevu.opened("expired");
        clock.advance(Duration.ofSeconds(299));
        rondevu.answer(rondevu.opened("answered"), ANSWER).is(200);
        rondevu.opened("waiting");
        clock.advance(Duration.ofSeconds(1));

        HttpReply topics = topics("");
        assertThat(topics.at("/topics").findValuesAsText("topic")).containsExactly("waiting");
        assertThat(topics.at("/pagination/total").intValue()).isEqualTo(1);
    }

    @Test
    void pagesContinueOneAnother() {
        for (String topic : List.of("a", "b", "c", "d", "e")) {
            rondevu.opened(topic);
        }
        assertPage("?page=1&limit=2", List.of("a", "b"), true);
        assertPage("?page=2&limit=2", List.of("c", "d"), true);
        assertPage("?page=3&limit=2", List.of("e"), false);
        assertPage("?page=4&limit=2", List.of(), false);
        assertPage("?limit=5", List.of("a", "b", "c", "d", "e"), false);
        assertPage("?limit=4", List.of("a", "b", "c", "d"), true);
        assertPage("?page=2147483647&limit=1000", List.of(), false);
    }

    @Test
    void aPageHasAtMost1000Topics() {
        assertThat(topics("?limit=1000").at("/pagination/limit").intValue()).isEqualTo(1000);
        assertThat(topics("?limit=1001").at("/pagination/limit").intValue()).isEqualTo(1000);
        assertThat(topics("?limit=2147483647").at("/pagination/limit").intValue())
                .isEqualTo(1000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "x", "1.5", "2147483648", "%20", "1e1", "NaN", "%2B1", "%D9%A3"})
    void invalidPageNumbersAreRejected(String garbage) {
        for (String path : List.of("/", "/topics")) {
            rondevu.client().get(path + "?page=" + garbage).send().isError(400);
            rondevu.client().get(path + "?limit=" + garbage).send().isError(400);
        }
    }

    @Test
    void aRepeatedParameterIsRejectedByName() {
        for (String path : List.of("/", "/topics")) {
            assertThat(rondevu.client()
                            .get(path + "?page=1&limit=2&page=2")
                            .send()
                            .isError(400)
                            .textAt("/error"))
                    .contains("\"page\"");
        }
    }

    @Test
    void healthReportsTheTime() {
        assertThat(rondevu.client().get("/health").send().is(200).json())
                .isEqualTo(object("status", "ok", "timestamp", clock.millis()));
    }

    private HttpReply topics(String query) {
        return rondevu.client().get("/topics" + query).send().is(200);
    }

    private void assertPage(String query, List<String> expected, boolean more) {
        HttpReply page = topics(query);
        assertThat(page.at("/topics").findValuesAsText("topic")).as(query).isEqualTo(expected);
        assertThat(page.at("/pagination/hasMore").booleanValue()).as(query).isEqualTo(more);
        assertThat(page.at("/pagination/total").intValue()).as(query).isEqualTo(5);
    }
}
