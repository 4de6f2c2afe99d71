package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.parley.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./mvnw quarkus:dev} in a copy of the sources that is edited while it runs. Skipped if Maven cannot download its plugins.
 */
@Tag("slow")
class DevModeIT {
    private static final Duration DEADLINE = Duration.ofMinutes(5);
    private static final Pattern NOT_FETCHED =
            Pattern.compile("cannot fetch|Could not transfer|in offline mode|Unknown host");
    private static final String EDITED = "src/main/java/dev/parley/http/api/HealthResource.java";

    @TempDir
    Path folder;

    @Test
    void aChangedClassIsReloadedAtTheNextRequest() throws IOException {
        Path project = folder.resolve("parley");
        for (String part : List.of("pom.xml", "mvnw", ".mvn", "migrations", "src/main", "src/site")) {
            copy(Path.of(part), project.resolve(part));
        }
        int port = FreePort.choose();
        Path log = folder.resolve("dev.log");
        var client = new ParleyClient(URI.create("http://127.0.0.1:" + port));
        Process maven = start(project, port, log);
        try {
            awaitHealth(client, maven, log, "ok");
            assertThat(project.resolve("data/dev.db")).exists();

            Path edited = project.resolve(EDITED);
            String source = Files.readString(edited);
            assertThat(source).contains("\"ok\"");
            Files.writeString(edited, source.replace("\"ok\"", "\"edited\""));
            awaitHealth(
                    client, maven, log, "edited"); // Quarkus looks for changes at requests, at most every two seconds

            // The line may come after the first reply.
            await().atMost(DEADLINE)
                    .untilAsserted(() -> assertThat(
                                    Files.readString(log).lines().filter(line -> line.contains("Listening on")))
                            .hasSize(2)
                            .allMatch(line -> line.contains("Listening on http://127.0.0.1:" + port + " (console")));
            assertThat(log).content().doesNotContain(" ERROR ", "Exception");
        } finally {
            // The service runs in a process that Maven starts.
            Stream.concat(maven.descendants(), Stream.of(maven.toHandle())).forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static Process start(Path project, int port, Path log) throws IOException {
        var builder = new ProcessBuilder(
                        "./mvnw",
                        "quarkus:dev",
                        "-Ddebug=false",
                        "-Dquarkus.analytics.disabled=true",
                        "-Dquarkus.test.continuous-testing=disabled")
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        // CI would activate the lint profile.
        builder.environment().keySet().removeIf(name -> name.equals("CI") || ParleyJar.isSetting(name));
        builder.environment().put("QUARKUS_HTTP_PORT", Integer.toString(port));
        builder.environment().put("QUARKUS_MANAGEMENT_PORT", Integer.toString(FreePort.choose()));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.start();
    }

    private static void awaitHealth(ParleyClient client, Process maven, Path log, String status) {
        await().atMost(DEADLINE)
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptionsMatching(NoReply.class::isInstance)
                .until(() -> {
                    if (!maven.isAlive()) {
                        String said = Files.readString(log);
                        assumeFalse(
                                NOT_FETCHED.matcher(said).find(), "Maven, or what it needs, cannot be fetched here");
                        throw new AssertionError("quarkus:dev has ended: " + said);
                    }
                    ServerReply health = client.health();
                    return health.status() == 200
                            && status.equals(health.json().path("status").textValue());
                });
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            files.filter(Files::isRegularFile).forEach(file -> {
                try {
                    Path copy = to.resolve(from.relativize(file).toString());
                    Files.createDirectories(copy.getParent());
                    Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
