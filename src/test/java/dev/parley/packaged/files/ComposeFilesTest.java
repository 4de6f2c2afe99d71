package dev.parley.packaged.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.parley.packaged.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docker-compose accepts the compose files, and the scripts of their containers work. */
@Tag("integration")
class ComposeFilesTest {
    private static final Path FOLDER = Path.of("src/main/docker");
    private static final Path COMPOSE = Path.of("/usr/bin/docker-compose");
    private static final Duration DEADLINE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"compose.sqlite.yml", "compose.postgresql.yml"})
    void everyComposeFileIsValidAndUnprivileged(String file) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(COMPOSE), "There is no " + COMPOSE);
        String said = run(COMPOSE.toString(), "-f", FOLDER.resolve(file).toString(), "config");

        JsonNode services = new ObjectMapper(new YAMLFactory()).readTree(said).required("services");
        assertThat(services).isNotEmpty().allSatisfy(service -> {
            assertThat(service.required("read_only").booleanValue()).isTrue();
            assertThat(service.required("user").textValue()).doesNotContain("root");
            assertThat(service.required("cap_drop").get(0).textValue()).isEqualTo("ALL");
            assertThat(service.required("security_opt").get(0).textValue()).isEqualTo("no-new-privileges:true");
            assertThat(service.path("ports"))
                    .allSatisfy(port -> assertThat(port.textValue()).startsWith("127.0.0.1:"));
            assertThat(service.path("environment").toString()).doesNotContainPattern("(?i)password\":");
            assertThat(service.path("volumes")).allSatisfy(this::isThere);
        });
    }

    /** A file that is mounted, not a volume. */
    private void isThere(JsonNode volume) {
        String source = volume.textValue().split(":")[0];
        assertThat(!source.contains("/") || Files.isRegularFile(Path.of(source)))
                .as("%s", volume)
                .isTrue();
    }

    @Test
    void thePasswordsOfPostgresqlAreCreatedOnce() throws IOException, InterruptedException {
        Path script = Files.copy(FOLDER.resolve("compose/secrets.sh"), folder.resolve("secrets.sh"));
        run("bash", script.toString());
        Path secrets = folder.resolve("secrets");
        String first = Files.readString(secrets.resolve("store.properties"));
        run("bash", script.toString());

        assertThat(secrets.resolve("store.properties")).hasContent(first);
        assertThat(first).contains(Files.readString(secrets.resolve("parley")).strip());
        assertThat(Files.getPosixFilePermissions(secrets)).hasSize(3);
        String compose = Files.readString(FOLDER.resolve("compose.postgresql.yml"));
        try (var files = Files.list(secrets)) {
            assertThat(files)
                    .hasSize(4)
                    .allSatisfy(
                            secret -> assertThat(compose).contains("compose/secrets/" + secret.getFileName() + " }"));
        }
    }

    @Test
    void backupsAreMadeUntilTheContainerIsStopped() throws IOException, InterruptedException {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        Path script = Files.copy(FOLDER.resolve("backups"), bin.resolve("backups"));
        Path parley = Files.writeString(folder.resolve("parley"), "#!/bin/sh\necho \"$1\" >\"$2\"\nexit 1\n");
        assertThat(parley.toFile().setExecutable(true)).isTrue();

        // With inherited output, the sleep of the script would keep the output of the build open.
        Process container = new ProcessBuilder("bash", script.toString(), folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("backups.log").toFile())
                .start();
        List<ProcessHandle> sleeps = List.of();
        try {
            await().atMost(DEADLINE)
                    .untilAsserted(() -> assertThat(folder).isDirectoryContaining("regex:.*/parley-[1-7]\\.db"));
            assertThat(container.isAlive())
                    .as("continues after a failed backup")
                    .isTrue();
            sleeps = container.descendants().toList();
            container.destroy();
            assertThat(container.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(container.exitValue()).isZero();
        } finally {
            sleeps.forEach(ProcessHandle::destroy);
            container.destroyForcibly();
        }
    }

    private static String run(String... command) {
        return Program.run(command).succeeded();
    }
}
