package dev.parley.guides;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.ops.StartLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The tables of the configuration guide are those of the sources: a missing, additional or different setting fails. */
class ConfigurationGuideTest {
    @Test
    void theTablesAreGeneratedFromTheMappings() {
        var lines = new ArrayList<String>();
        SettingsSource.groups().forEach((prefix, settings) -> {
            if (!lines.isEmpty()) {
                lines.add("");
            }
            lines.addAll(List.of("### " + prefix, "", "| key | meaning | range | default |", "|---|---|---|---|"));
            settings.forEach(setting -> lines.add(setting.row()));
        });

        assertThat(lines).hasSizeGreaterThan(50);
        Guide.named("configuration.md").hasGenerated("settings", lines);
    }

    @Test
    void rangesAreWrittenFromTheConstraints() {
        assertThat(settings())
                .contains("parley.limits.connections: 1 to 1,000,000", "parley.waiting.max: 1 s to 30 s")
                .contains("parley.access: `open`, `key`", "parley.ice.turn-secret: 16 to 256 characters")
                .contains("parley.ice.stun: up to 16 entries", "parley.rondevu.enabled: `true`, `false`");
    }

    @Test
    void theStartLogKnowsEverySetting() {
        Set<String> variables = SettingsSource.groups().values().stream()
                .flatMap(List::stream)
                .map(Setting::variable)
                .collect(Collectors.toSet());

        assertThat(StartLog.unknownVariables(variables)).isEmpty();
    }

    private static List<String> settings() {
        return SettingsSource.groups().values().stream()
                .flatMap(List::stream)
                .map(setting -> setting.key() + ": " + setting.range())
                .toList();
    }
}
