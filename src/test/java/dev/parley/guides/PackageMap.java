package dev.parley.guides;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The packages of the code and which of them uses which, as the compiled classes show it. */
final class PackageMap {
    private static final String ROOT = "dev.parley.";
    private static final Path SOURCES = Path.of("src/main/java/dev/parley");
    private static final Pattern FIRST_SENTENCE =
            Pattern.compile("/\\*\\*[\\s*]*(.*?[.!?])(?:\\s|\\*/)", Pattern.DOTALL);

    /** For each package, without {@code dev.parley.}, those that it uses. */
    private final Map<String, Set<String>> uses = new TreeMap<>();

    private PackageMap() {}

    static PackageMap ofMainClasses() {
        var map = new PackageMap();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.parley")) {
            Set<String> used = map.uses.computeIfAbsent(name(type), name -> new TreeSet<>());
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (target.getPackageName().startsWith(ROOT) && !name(target).equals(name(type))) {
                    used.add(name(target));
                }
            }
        }
        return map;
    }

    private static String name(JavaClass type) {
        return type.getPackageName().substring(ROOT.length());
    }

    Set<String> packages() {
        return uses.keySet();
    }

    /**
     * The map as a Mermaid flowchart, without arrows that follow from others: if {@code a} uses {@code b} and {@code b} uses {@code c},
     * there is no arrow from {@code a} to {@code c}.
     */
    List<String> flowchart() {
        var lines = new ArrayList<>(List.of("```mermaid", "flowchart TD"));
        uses.keySet().forEach(name -> lines.add("    " + id(name) + "[" + name + "]"));
        uses.forEach((from, targets) -> targets.stream()
                .filter(to -> targets.stream().noneMatch(between -> reaches(between, to, new TreeSet<>(Set.of(from)))))
                .forEach(to -> lines.add("    " + id(from) + " --> " + id(to))));
        lines.add("```");
        return lines;
    }

    private boolean reaches(String from, String to, Set<String> visited) {
        if (!visited.add(from)) {
            return false;
        }
        Set<String> next = uses.getOrDefault(from, Set.of());
        return next.contains(to) || next.stream().anyMatch(step -> reaches(step, to, visited));
    }

    private static String id(String name) {
        return name.replace('.', '_');
    }

    /** A table of the packages: the first sentence of each {@code package-info}, and what the package uses. */
    List<String> table() {
        var lines = new ArrayList<>(List.of("| package | contents | uses |", "|---|---|---|"));
        uses.forEach((name, used) ->
                lines.add("| `%s` | %s | %s |".formatted(name, description(name), String.join(", ", used))));
        return lines;
    }

    /** The text of each source file by the name of its type. */
    static Map<String, String> sourcesByType() {
        var sources = new TreeMap<String, String>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sources;
    }

    private static String description(String name) {
        Path info = SOURCES.resolve(name.replace('.', '/')).resolve("package-info.java");
        try {
            Matcher sentence = FIRST_SENTENCE.matcher(Files.readString(info));
            if (!sentence.find()) {
                throw new IllegalStateException(info + " has no sentence");
            }
            return sentence.group(1)
                    .replaceAll("\\s*\\n \\* ?", " ")
                    .replaceAll("\\{@\\w+ ([^}]*)}", "`$1`")
                    .replaceAll("`dev\\.parley\\.", "`")
                    .replace("|", "\\|");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
