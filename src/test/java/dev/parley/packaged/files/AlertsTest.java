package dev.parley.packaged.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.parley.packaged.AlertsIT;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alerts and the dashboard, held against Prometheus itself. What makes an alert fire in a running service is in AlertsIT. */
@Tag("integration")
class AlertsTest {
    private static final Path RULES = Path.of("src/main/prometheus/parley.rules.yml");
    private static final Path TESTS = Path.of("src/test/prometheus/parley.test.yml");
    private static final Path DASHBOARD = Path.of("src/main/grafana/parley.json");
    private static final String GUIDE = "src/site/markdown/monitoring.md";
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    @TempDir
    Path folder;

    private static List<JsonNode> alerts() throws IOException {
        JsonNode rules = YAML.readTree(Files.readString(RULES)).at("/groups/0/rules");
        return StreamSupport.stream(rules.spliterator(), false).toList();
    }

    private static String name(JsonNode alert) {
        return alert.required("alert").textValue();
    }

    @Test
    void everyAlertIsValid() throws Exception {
        AlertsIT.promtool("check", RULES);
    }

    @Test
    void alertsFireOnlyOnTheirConditions() throws Exception {
        AlertsIT.promtool("test", TESTS);
    }

    @Test
    void everyAlertIsTested() throws IOException {
        assertThat(alerts()).extracting(AlertsTest::name).allMatch(Files.readString(TESTS)::contains);
    }

    @Test
    void theRunbookCoversEachAlert() throws IOException {
        String guide = Files.readString(Path.of(GUIDE));

        for (JsonNode alert : alerts()) {
            assertThat(guide).contains("\n### " + name(alert) + "\n");
            assertThat(alert.at("/annotations/runbook").textValue())
                    .isEqualTo(GUIDE + "#" + name(alert).toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void everyExpressionOfTheDashboardIsValid() throws Exception {
        List<String> expressions = new ObjectMapper()
                .readTree(Files.readString(DASHBOARD)).findValues("expr").stream()
                        .map(JsonNode::textValue)
                        .map(expr -> expr.replace("$__rate_interval", "5m").replace("$instance", ".*"))
                        .toList();
        assertThat(expressions).hasSizeGreaterThan(20);
        var rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
        for (int i = 0; i < expressions.size(); i++) {
            rules.append("      - { record: 'panel:%d', expr: '%s' }%n".formatted(i, expressions.get(i)));
        }

        AlertsIT.promtool("check", Files.writeString(folder.resolve("dashboard.yml"), rules));
    }
}
