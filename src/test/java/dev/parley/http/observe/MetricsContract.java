package dev.parley.http.observe;

import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.http.TestClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Metrics are correct: real requests, then a scrape as Prometheus does it. */
abstract class MetricsContract {
    private static final Path DASHBOARD = Path.of("src/main/grafana/parley.json");
    private static final Path ALERTS = Path.of("src/main/prometheus/parley.rules.yml");
    private static final Pattern METRIC = Pattern.compile("\\b(?:parley|jvm|process|system)_[a-z_]+");
    /** Those that the native executable has not. */
    private static final Pattern OF_THE_JAR_ONLY = Pattern.compile("jvm_(buffer_|gc_|memory_usage_after_gc).*");

    private static final String SESSIONS = "path=\"/api/v1/sessions\"";

    private final TestClient client = TestClient.ofNewOrigin();

    /** The metrics that only the other engine has. */
    abstract Set<String> elsewhere();

    private String open() {
        String code = UUID.randomUUID().toString();
        client.post("/api/v1/sessions").json(object("offer", "o", "code", code)).is(201);
        return code;
    }

    @Test
    void eachMetricOfTheDashboardExists() throws IOException {
        open();
        JsonNode dashboard = new ObjectMapper().readTree(Files.readString(DASHBOARD));
        var queries = new StringBuilder();
        dashboard
                .findValues("expr")
                .forEach(expr -> queries.append(expr.textValue()).append('\n'));
        dashboard.findValues("query").forEach(query -> queries.append(query).append('\n'));

        assertThat(metrics(queries.toString()))
                .hasSizeGreaterThan(20)
                .isSubsetOf(names())
                .noneMatch(OF_THE_JAR_ONLY.asMatchPredicate());
    }

    @Test
    void eachMetricOfTheAlertsExists() throws IOException {
        open();

        assertThat(metrics(Files.readString(ALERTS).replaceAll("(?m)^ *(summary|description):.*", "")))
                .hasSizeGreaterThan(5)
                .isSubsetOf(names());
    }

    @Test
    void eachMetricOfTheMonitoringGuideExists() throws IOException {
        open();

        assertThat(documented()).hasSizeGreaterThan(15).isSubsetOf(names());
    }

    @Test
    void theMonitoringGuideHasEveryMetric() throws IOException {
        open();

        assertThat(Scrape.now().names().stream()
                        .filter(name -> name.startsWith("parley_"))
                        .map(name -> name.replaceFirst("_(bucket|sum|count|max)$", "")))
                .isSubsetOf(documented());
    }

    private static Set<String> documented() throws IOException {
        return metrics(Files.readString(Path.of("src/site/markdown/monitoring.md"))
                .lines()
                .filter(line -> line.startsWith("| `parley_"))
                .collect(Collectors.joining("\n")));
    }

    private static Set<String> metrics(String queries) {
        var found = new TreeSet<String>();
        METRIC.matcher(queries).results().forEach(match -> found.add(match.group()));
        return found;
    }

    /** The names of all metrics, and of histograms without suffix, as tables list them. */
    private Set<String> names() {
        var names = new TreeSet<>(Scrape.now().names());
        for (String name : Set.copyOf(names)) {
            names.add(name.replaceFirst("_(bucket|sum|count)$", ""));
        }
        names.addAll(elsewhere());
        return names;
    }

    @Test
    void requestsAreCountedByApiPatternAndStatus() {
        Scrape before = Scrape.now();
        String code = open();
        client.get("/api/v1/sessions/" + code).send().is(200);
        client.get("/api/v1/sessions/" + UUID.randomUUID()).send().is(404);
        Scrape after = Scrape.now();

        assertThat(gained(before, after, "parley_requests_total", SESSIONS, "method=\"POST\"", "status=\"2xx\""))
                .isEqualTo(1);
        String read = "path=\"/api/v1/sessions/{code}\"";
        assertThat(gained(before, after, "parley_requests_total", read, "api=\"native\"", "status=\"2xx\""))
                .isEqualTo(1);
        assertThat(gained(before, after, "parley_requests_total", read, "api=\"native\"", "status=\"4xx\""))
                .isEqualTo(1);
        assertThat(gained(before, after, "parley_request_seconds_count", read)).isEqualTo(2);
        assertThat(gained(before, after, "parley_errors_total", "type=\"session-not-found\""))
                .isEqualTo(1);
    }

    @Test
    void errorCountersExistBeforeTheFirstError() {
        assertThat(Scrape.now().names()).contains("parley_errors_total");
    }

    @Test
    void waitingRequestsAreTimedSeparately() {
        String code = open();
        Scrape before = Scrape.now();
        client.get("/api/v1/sessions/" + code + "/events?after=1")
                .header("Prefer", "wait=1")
                .send()
                .is(200);
        client.post("/api/v1/events")
                .header("Prefer", "wait=1")
                .json("{\"watches\":[{\"code\":\"" + code + "\",\"after\":1}]}")
                .is(200);
        Scrape after = Scrape.now();

        assertThat(gained(before, after, "parley_wait_seconds_count")).isEqualTo(2);
        assertThat(gained(before, after, "parley_request_seconds_count")).isZero();
    }

    @Test
    void anOfferThatIsRefusedHasNotWaited() {
        Scrape before = Scrape.now();
        client.post("/whip/stage")
                .header("Content-Type", "application/sdp")
                .send(BodyPublishers.ofString("x"))
                .is(400);
        Scrape after = Scrape.now();

        assertThat(gained(before, after, "parley_wait_seconds_count")).isZero();
        assertThat(gained(before, after, "parley_request_seconds_count", "path=\"/whip/{topic}\""))
                .isEqualTo(1);
    }

    @Test
    void commitsAreTimed() {
        Scrape before = Scrape.now();
        open();

        assertThat(gained(before, Scrape.now(), "parley_commit_seconds_count")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/CODE/events", "?topic=chess"})
    void waitersAreCountedUntilTheyEnd(String streamed) throws Exception {
        String stream = "/api/v1/sessions" + streamed.replace("CODE", open());
        HttpRequest request = HttpRequest.newBuilder(TestClient.service().resolve(stream))
                .header("Origin", client.origin())
                .header("Accept", "text/event-stream")
                .build();
        try (InputStream received = HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofInputStream())
                .body()) {
            assertThat(received.read()).isPositive();
            await().until(() ->
                    Scrape.now().sum("parley_streams") == 1 && Scrape.now().sum("parley_waiters") == 1);
        }
        await().until(() ->
                Scrape.now().sum("parley_streams") == 0 && Scrape.now().sum("parley_waiters") == 0);
    }

    /** Labels have few values, whatever clients send: a series for each code would leak codes and fill the memory. */
    @Test
    void labelsContainNoDataOfRequests() {
        String code = open();
        client.get("/api/v1/sessions/" + code).send().is(200);
        client.get("/api/v1/sessions/" + code + "/nothing").send().is(404);

        assertThat(Scrape.now().samples().keySet()).noneMatch(sample -> sample.contains(code));
    }

    private static double gained(Scrape before, Scrape after, String name, String... labels) {
        return after.sum(name, labels) - before.sum(name, labels);
    }
}
