package dev.parley.guides;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the README and the guides name exists: files, headings, settings, tests, profiles of the build. */
class GuidesTest {
    private static final List<Guide> GUIDES = Guide.allAndReadme();
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*)$");
    private static final Pattern ANCHOR = Pattern.compile("<a id=\"([^\"]+)\">");
    private static final Pattern MENU_ITEM = Pattern.compile("href=\"([^\"]+)\\.html\"");
    private static final Pattern SETTING = Pattern.compile("(?<![\\w./-])parley(?:\\.[a-z][a-z0-9-]*)+(?![\\w(])");
    private static final Pattern VARIABLE = Pattern.compile("\\bPARLEY_[A-Z_]+\\b");
    private static final Pattern TEST = Pattern.compile("(?:`|test='?)([A-Z]\\w+(?:Test|IT|Cases|Contract))\\b");
    private static final Pattern SOURCE = Pattern.compile("(?<![\\w/.])(?:src|migrations|\\.ci)/[\\w./-]*\\w");
    private static final Pattern PROFILE = Pattern.compile("mvnw[^\n`]* -P([a-z-]+)");

    @Test
    void theReadmeHasAtMost200Lines() {
        assertThat(Guide.read(Guide.README).text().lines()).hasSizeLessThanOrEqualTo(200);
    }

    @Test
    void everyLinkLeadsToAFileAndItsHeading() {
        var dead = new ArrayList<String>();
        for (Guide guide : GUIDES) {
            for (String target : matches(LINK, guide.prose())) {
                if (!target.matches("[a-z]+:.*") && !leadsSomewhere(guide, target)) {
                    dead.add(guide + ": " + target);
                }
            }
        }
        assertThat(dead)
                .as(
                        "dead links; a heading that is linked to needs <a id=\"name\"></a> before it, so that the link works on the site too")
                .isEmpty();
    }

    private static boolean leadsSomewhere(Guide guide, String target) {
        String[] parts = target.split("#", 2);
        Path file = parts[0].isEmpty() ? guide.path() : guide.path().resolveSibling(parts[0]);
        if (!Files.exists(file)) {
            return false;
        }
        boolean onlyOnTheForge = guide.path().equals(Guide.README);
        return parts.length == 1 || names(Guide.read(file), onlyOnTheForge).contains(parts[1]);
    }

    /** The fragments that lead into {@code guide}. */
    private static Set<String> names(Guide guide, boolean withHeadings) {
        var names = new TreeSet<>(matches(ANCHOR, guide.text()));
        if (withHeadings) {
            matches(HEADING, guide.prose()).forEach(heading -> names.add(slug(heading)));
        }
        return names;
    }

    /** As GitHub and its like derive it from a heading. */
    private static String slug(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .strip()
                .replace(' ', '-');
    }

    @Test
    void theMenuOfTheSiteAndTheOverviewHaveEveryGuide() throws IOException {
        Set<String> items = matches(MENU_ITEM, Files.readString(Path.of("src/site/site.xml")));
        Set<String> guides = Guide.all().stream()
                .map(guide -> Guide.FOLDER.relativize(guide.path()).toString().replaceAll("\\.md$", ""))
                .filter(name -> !name.matches("decisions/\\d.*"))
                .collect(toSet());

        assertThat(items).isEqualTo(guides);
        guides.remove("index");
        assertThat(matches(LINK, Guide.named("index.md").text()))
                .containsAll(guides.stream().map(name -> name + ".md").toList());
    }

    @Test
    void everyDecisionIsInTheirList() {
        Set<String> decisions = Guide.all().stream()
                .map(guide -> guide.path().getFileName().toString())
                .filter(name -> name.matches("\\d{4}-.*"))
                .collect(toSet());

        assertThat(matches(LINK, Guide.named("decisions/index.md").text())).containsAll(decisions);
    }

    @Test
    void everySettingExists() {
        Set<String> keys = SettingsSource.keys();
        Set<String> groups = keys.stream().map(key -> key.split("\\.")[1]).collect(toSet());
        var unknown = new TreeSet<String>();
        for (Guide guide : GUIDES) {
            if (guide.path().endsWith("changelog.md")) {
                continue; // it names settings that were removed
            }
            for (String key : matches(SETTING, guide.text())) {
                boolean isSetting = groups.contains(key.split("\\.")[1]);
                boolean known = keys.contains(key) || keys.stream().anyMatch(longer -> longer.startsWith(key + "."));
                if (isSetting && !known) {
                    unknown.add(guide + ": " + key);
                }
            }
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void everyVariableIsASetting() {
        Set<String> variables = SettingsSource.groups().values().stream()
                .flatMap(List::stream)
                .map(Setting::variable)
                .collect(toSet());
        var unknown = new TreeSet<String>();
        for (Guide guide : GUIDES) {
            for (String variable : matches(VARIABLE, guide.text())) {
                if (!variables.contains(variable)) {
                    unknown.add(guide + ": " + variable);
                }
            }
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void everyTestExists() throws IOException {
        Set<String> classes;
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            classes = files.map(file -> file.getFileName().toString().replaceAll("\\.java$", ""))
                    .collect(toSet());
        }
        assertNamed(TEST, classes::contains);
    }

    @Test
    void everySourceExists() throws IOException {
        String ignored = Files.readString(Path.of(".gitignore")); // such as the passwords that a deployment makes
        assertNamed(SOURCE, path -> Files.exists(Path.of(path)) || ignored.contains("/" + path));
    }

    @Test
    void everyProfileOfTheBuildExists() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        assertNamed(PROFILE, profile -> pom.contains("<id>" + profile + "</id>"));
    }

    @Test
    void everyShellBlockIsValid() throws Exception {
        var invalid = new ArrayList<String>();
        for (Guide guide : GUIDES) {
            for (Guide.Block block : guide.blocks()) {
                if (block.language().equals("sh")) {
                    String message = syntaxError(block.text());
                    if (!message.isEmpty()) {
                        invalid.add(guide + ": " + message + block.text());
                    }
                }
            }
        }
        assertThat(invalid).isEmpty();
    }

    private static String syntaxError(String script) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("sh", "-n").redirectErrorStream(true).start();
        shell.getOutputStream().write(script.getBytes(StandardCharsets.UTF_8));
        shell.getOutputStream().close();
        String message = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return shell.waitFor() == 0 ? "" : message;
    }

    /** Checks that what {@code pattern} finds in the guides, its first group if it has one, exists. */
    private static void assertNamed(Pattern pattern, Predicate<String> exists) {
        var unknown = new TreeSet<String>();
        for (Guide guide : GUIDES) {
            for (String name : matches(pattern, guide.text())) {
                if (!exists.test(name)) {
                    unknown.add(guide + ": " + name);
                }
            }
        }
        assertThat(unknown).isEmpty();
    }

    private static Set<String> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(GuidesTest::firstGroup).collect(toCollection(TreeSet::new));
    }

    private static String firstGroup(MatchResult match) {
        return match.groupCount() == 0 ? match.group() : match.group(1);
    }
}
