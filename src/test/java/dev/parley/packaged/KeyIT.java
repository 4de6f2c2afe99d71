package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys are made, listed and revoked beside a running server, and it knows within seconds. */
@Tag("slow")
class KeyIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration KNOWN_MAX = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @Test
    void aKeyIsValidFromCreationToRevocation() throws IOException {
        ParleyJar jar = ParleyJar.in(folder).with("PARLEY_ACCESS", "key").startingFast();
        try (RunningParley server = jar.with("QUARKUS_HTTP_HOST", "0.0.0.0").start()) {
            assertThat(server.log())
                    .contains("API keys are required, but there are none; create one with \"parley key create\".");
            assertThat(topics(server, null).statusCode()).isEqualTo(401);
            ProcessExit doctor = jar.run("doctor");
            assertThat(doctor.code()).as(doctor.out()).isEqualTo(3);
            assertThat(doctor.out()).contains("API keys are required, but there are none");

            ProcessExit created = jar.run("key", "create", "web", "--namespace", "chess", "--role", "peer,observer");
            assertThat(created.code()).as(created.err()).isZero();
            String key = created.out().strip();
            assertThat(created.out()).matches("parley_[A-Za-z0-9_-]{43}\n");
            await().atMost(KNOWN_MAX).until(() -> topics(server, key).statusCode() == 200);

            ProcessExit list = jar.run("key", "list", "--json");
            JsonNode only = JSON.readTree(list.out()).at("/keys/0");
            assertThat(only.path("name").textValue()).isEqualTo("web");
            assertThat(only.path("namespace").textValue()).isEqualTo("chess");
            assertThat(only.path("roles").toString()).isEqualTo("[\"peer\",\"observer\"]");
            assertThat(only.path("createdAt").textValue()).isNotBlank();
            assertThat(jar.run("doctor").out()).contains("1 key");

            ProcessExit again = jar.run("key", "create", "web", "--namespace", "go", "--role", "peer");
            assertThat(again.code()).isEqualTo(1);
            assertThat(again.err()).contains("A key with the name web exists");

            ProcessExit revoked = jar.run("key", "revoke", "web", "--json");
            assertThat(revoked.out()).isEqualTo("{\"revoked\":\"web\"}\n");
            await().atMost(KNOWN_MAX).until(() -> topics(server, key).statusCode() == 401);
            assertThat(jar.run("key", "revoke", "web").code()).isEqualTo(1);

            server.stop();
            assertNowhere(key);
            assertThat(server.log()).doesNotContain(key);
        }
    }

    @Test
    void aKeyCanBeCreatedBeforeTheFirstStart() throws IOException {
        ParleyJar jar = ParleyJar.in(folder).with("PARLEY_ACCESS", "key").startingFast();

        ProcessExit created = jar.run("key", "create", "web", "--namespace", "chess", "--role", "peer", "--json");
        JsonNode json = JSON.readTree(created.out());
        assertThat(json.path("roles").toString()).isEqualTo("[\"peer\"]");

        try (RunningParley server = jar.start()) {
            assertThat(topics(server, json.path("key").textValue()).statusCode())
                    .isEqualTo(200);
            assertThat(server.log()).doesNotContain("there are none");
        }
    }

    @Test
    void anInvalidKeyIsAUsageError() {
        ParleyJar jar = ParleyJar.in(folder).startingFast();

        assertThat(jar.run("key").code()).isEqualTo(2);
        assertThat(jar.run("key", "create", "web", "--namespace", "chess", "--role", "cook")
                        .code())
                .isEqualTo(2);
        assertThat(jar.run("key", "create", "a b", "--namespace", "chess", "--role", "peer")
                        .code())
                .isEqualTo(2);
        ProcessExit list = jar.run("key", "list");
        assertThat(list.code()).as("where there is no store").isEqualTo(1);
    }

    /** Not in the store, its log, or what the processes have logged, but in what {@code create} printed. */
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

    private static HttpResponse<String> topics(RunningParley server, @Nullable String key) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.uri() + "/api/v1/topics"));
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        try {
            return HTTP.send(request.build(), BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
