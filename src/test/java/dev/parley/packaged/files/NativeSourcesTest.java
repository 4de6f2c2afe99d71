package dev.parley.packaged.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Classes and files that the native build must name: those that are reached only by reflection would be missing in the executable.
 * Skipped unless the sources of a native build are in {@code target/native-sources}; the guide to deploying has the command for that.
 */
class NativeSourcesTest {
    private static final Path SOURCES = Path.of("target/native-sources");
    private static final Path RESOURCES = Path.of("target/classes/META-INF/resources");

    @Test
    void everyJsonRecordIsRegisteredForReflection() throws IOException {
        Set<String> registered = new TreeSet<>();
        for (JsonNode entry : told("reflect-config.json")) {
            registered.add(entry.required("name").textValue());
        }
        List<String> json = new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("dev.parley.http")
                        .stream()
                        .filter(JavaClass::isRecord)
                        .filter(NativeSourcesTest::isJson)
                        .map(JavaClass::getName)
                        .toList();

        assertThat(json).hasSizeGreaterThan(20);
        assertThat(registered)
                .containsAll(json)
                .contains("org.sqlite.JDBC", "io.opentelemetry.exporter.sender.jdk.internal.JdkHttpSenderProvider");
    }

    /** By convention, records of JSON are nested in these classes. */
    private static boolean isJson(JavaClass type) {
        String name = type.getName();
        return Stream.of(".Views$", ".Requests$", ".RondevuBodies$", ".Problem", ".HealthResource$")
                .anyMatch(name::contains);
    }

    @Test
    void everyServedOrAppliedFileIsIncluded() throws IOException {
        String named =
                told("resource-config.json").toString().replace("\\\\Q", "").replace("\\\\E", "");

        var files = new TreeSet<String>();
        try (Stream<Path> served = Files.walk(RESOURCES);
                Stream<Path> applied = Files.walk(Path.of("migrations"))) {
            served.filter(Files::isRegularFile)
                    .forEach(file -> files.add("META-INF/resources/" + RESOURCES.relativize(file)));
            applied.filter(Files::isRegularFile).forEach(file -> files.add(file.toString()));
        }
        assertThat(files)
                .hasSizeGreaterThan(8)
                .allSatisfy(file -> assertThat(named).contains(file));
    }

    private static JsonNode told(String config) throws IOException {
        assumeTrue(Files.isDirectory(SOURCES), "target/native-sources was not built");
        Path runner;
        try (Stream<Path> files = Files.list(SOURCES)) {
            runner = files.filter(file -> file.toString().endsWith("-runner.jar"))
                    .findFirst()
                    .orElseThrow();
        }
        try (var jar = new JarFile(runner.toFile());
                var in = jar.getInputStream(jar.getEntry("META-INF/native-image/" + config))) {
            return new ObjectMapper().readTree(in);
        }
    }
}
