package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that commands create, list and revoke beside a running server, which follows within seconds. */
@Tag("slow")
class KeyIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    @Test
    void aKeyIsValidFromCreationToRevocation() throws IOException {
        ParleyJar jar = ParleyJar.in(folder).with("PARLEY_ACCESS", "key");
        try (RunningParley server = jar.with("QUARKUS_HTTP_HOST", "0.0.0.0").start()) {
            assertThat(server.log())
                    .contains("API keys are required, but there are none; create one with \"parley key create\".");
            assertThat(status(server, "none")).isEqualTo(401);

            ProcessExit created = jar.run("key", "create", "web", "--namespace", "chess", "--role", "peer,observer");
            assertThat(created.out()).as("%s", created).matches("parley_[A-Za-z0-9_-]{43}\n");
            String key = created.out().strip();
            await().until(() -> status(server, key) == 200);

            JsonNode only = new ObjectMapper()
                    .readTree(jar.run("key", "list", "--json").out())
                    .at("/keys/0");
            assertThat(only.path("name").textValue()).isEqualTo("web");
            assertThat(only.path("namespace").textValue()).isEqualTo("chess");
            assertThat(only.path("roles").toString()).isEqualTo("[\"peer\",\"observer\"]");
            assertThat(jar.run("key", "create", "web", "--namespace", "go", "--role", "peer")
                            .refusal())
                    .contains("A key with the name web exists");
            assertThat(jar.run("key", "create", "other", "--namespace", "go", "--role", "cook")
                            .code())
                    .as("an unknown role")
                    .isEqualTo(2);

            assertThat(jar.run("key", "revoke", "web", "--json").out()).isEqualTo("{\"revoked\":\"web\"}\n");
            await().until(() -> status(server, key) == 401);

            server.stop();
            assertNowhere(key);
            assertThat(server.log()).doesNotContain(key);
        }
    }

    /** Neither in the store, nor in its log, nor in the logs of the processes, but in the output of {@code create}. */
    private void assertNowhere(String key) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".out"))
                    .toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(key);
            }
        }
    }

    private static int status(RunningParley server, String key) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.uri() + "/api/v1/topics"))
                .header("Authorization", "Bearer " + key)
                .build();
        try {
            return HTTP.send(request, BodyHandlers.ofString()).statusCode();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
