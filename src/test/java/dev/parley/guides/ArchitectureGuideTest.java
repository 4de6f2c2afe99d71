package dev.parley.guides;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The map and the names of the architecture guide are those of the code, and the README's list of packages is complete. */
class ArchitectureGuideTest {
    private static final Pattern PACKAGE = Pattern.compile("`([a-z.]+)`");
    private static final Pattern MEMBER = Pattern.compile("`([A-Z][a-z]\\w+)(?:\\.([a-z]\\w+))?`");
    private static final PackageMap MAP = PackageMap.ofMainClasses();

    @Test
    void theMapIsGeneratedFromTheClasses() {
        Guide.named("architecture.md").hasGenerated("map", MAP.flowchart());
    }

    @Test
    void theTableOfPackagesIsGeneratedFromTheSources() {
        Guide.named("architecture.md").hasGenerated("packages", MAP.table());
    }

    @Test
    void everyTypeAndMethodOfTheGuideExists() {
        Map<String, String> sources = PackageMap.sourcesByType();
        List<String> unknown = MEMBER.matcher(Guide.named("architecture.md").prose())
                .results()
                .filter(name -> !exists(sources, name.group(1), name.group(2)))
                .map(MatchResult::group)
                .toList();

        assertThat(unknown).isEmpty();
    }

    /** @param method null if the guide names the type alone */
    private static boolean exists(Map<String, String> sources, String type, @Nullable String method) {
        String source = sources.get(type);
        return source != null && (method == null || source.contains(" " + method + "("));
    }

    @Test
    void theReadmeListsEveryPackage() {
        String layout = Guide.read(Guide.README).text().split("## Code layout\n")[1];
        Set<String> listed = new TreeSet<>();
        layout.lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("\\|")[1])
                .forEach(cell -> PACKAGE.matcher(cell).results().forEach(name -> listed.add(name.group(1))));

        assertThat(listed).isEqualTo(MAP.packages());
    }
}
