package dev.parley.packaged;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients generated from the OpenAPI document of the packaged service compile under strict rules and complete a handshake with
 * structured candidates. The handshakes are in {@code src/test/resources/clients}. The generators are downloaded once and stay in
 * {@code target/generated-clients}.
 */
@Tag("slow")
class GeneratedClientsIT {
    private static final String NPM_PACKAGES = """
            {
              "private": true,
              "dependencies": {"openapi-fetch": "0.17.0", "openapi-typescript": "7.13.0", "typescript": "5.9.3"}
            }
            """;
    private static final String COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy";
    private static final String OPENAPI_GENERATOR = "7.25.0";

    private static final Path FOLDER = Path.of("target/generated-clients").toAbsolutePath();
    private static final Path GENERATOR = FOLDER.resolve("openapi-generator-cli-" + OPENAPI_GENERATOR + ".jar");
    private static final Path HANDSHAKES = Path.of("src/test/resources/clients");

    @TempDir
    static Path folder;

    private static @Nullable RunningParley parley;

    @BeforeAll
    static void start() throws Exception {
        Files.createDirectories(FOLDER);
        Files.writeString(FOLDER.resolve("package.json"), NPM_PACKAGES);
        NpmFolder.install(FOLDER);
        parley = ParleyJar.in(folder).start();
    }

    @AfterAll
    static void stop() {
        if (parley != null) {
            parley.close();
        }
    }

    @Test
    void aClientByOpenapiTypescriptCompletesAHandshake() throws Exception {
        Path client = emptied("openapi-typescript");
        succeed(client, program("openapi-typescript"), service() + "/q/openapi", "-o", "parley-api.d.ts");

        completesAHandshake(client, "openapi-fetch");
    }

    @Test
    void aClientByOpenapiGeneratorCompletesAHandshake() throws Exception {
        if (!Files.exists(GENERATOR)) {
            Program copy = run(
                    FOLDER,
                    Path.of("mvnw").toAbsolutePath().toString(),
                    "-q",
                    COPY,
                    "-Dartifact=org.openapitools:openapi-generator-cli:" + OPENAPI_GENERATOR,
                    "-DoutputDirectory=" + FOLDER);
            assumeThat(copy.code())
                    .as("Maven can fetch openapi-generator: %s", copy.output())
                    .isZero();
        }
        Path client = emptied("openapi-generator");
        succeed(
                client,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                GENERATOR.toString(),
                "generate",
                "-g",
                "typescript-fetch",
                "-i",
                service() + "/q/openapi",
                "-o",
                "generated");
        // As a package of its own, because the generator's runtime.ts does not compile with exactOptionalPropertyTypes.
        compile(client, "--declaration", "--outDir", "parley-api", "generated/index.ts");

        completesAHandshake(client, "typescript-fetch");
    }

    private static void completesAHandshake(Path client, String handshake) throws Exception {
        for (String source : List.of("candidates.ts", handshake + ".ts")) {
            Files.copy(HANDSHAKES.resolve(source), client.resolve(source));
        }
        compile(client, "--exactOptionalPropertyTypes", handshake + ".ts");

        assertThat(succeed(client, "node", handshake + ".js", service())).contains("The handshake is complete.");
    }

    private static void compile(Path client, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(program("tsc"), "--strict", "--skipDefaultLibCheck"));
        command.addAll(List.of("--module", "node16", "--target", "es2022", "--lib", "es2022,dom"));
        command.addAll(List.of(arguments));
        succeed(client, command.toArray(String[]::new));
    }

    private static String program(String name) {
        return FOLDER.resolve("node_modules/.bin").resolve(name).toString();
    }

    private static String service() {
        return requireNonNull(parley).uri().toString();
    }

    private static Path emptied(String name) throws IOException {
        Path client = FOLDER.resolve(name);
        if (Files.exists(client)) {
            try (Stream<Path> files = Files.walk(client)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        return Files.createDirectory(client);
    }

    /** Returns the output of the program. */
    private static String succeed(Path folder, String... command) {
        return run(folder, command).succeeded();
    }

    private static Program run(Path folder, String... command) {
        return Program.run(new ProcessBuilder(command).directory(folder.toFile()));
    }
}
