package dev.parley.http.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.contract.SqliteProfile;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of the page and the client are compressed, and have entity tags. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
@SuppressWarnings("NullAway.Init") // the container fills the field
class StaticFilesTest {
    private static final Path FOLDER = Path.of("target/classes/META-INF/resources");

    @TestHTTPResource("/")
    URI service;

    private final HttpClient client = HttpClient.newHttpClient();

    @ParameterizedTest
    @ValueSource(
            strings = {"gzip", "GZIP", "deflate, br;q=1.0, gzip;q=0.1", "*", "identity;q=0.5, gzip", "gzip;q=1, *;q=0"})
    void filesAreCompressedIfGzipIsAccepted(String acceptEncoding) throws Exception {
        HttpResponse<byte[]> file = get("parley.js", "Accept-Encoding", acceptEncoding);

        assertThat(header(file, "Content-Encoding")).isEqualTo("gzip");
        assertThat(file.headers().allValues("Vary")).contains("accept-encoding");
        assertThat(file.body()).hasSizeLessThan(file("parley.js").length / 2);
        assertThat(unzipped(file.body())).isEqualTo(file("parley.js"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "br", "identity", "br;q=1, gzip;q=0", "*;q=0", "gzip;q=0.5, identity", "gzip;q=0, *"})
    void filesAreUncompressedOtherwise(String acceptEncoding) throws Exception {
        HttpResponse<byte[]> file = get("parley.js", "Accept-Encoding", acceptEncoding);

        assertThat(file.statusCode()).isEqualTo(200);
        assertThat(header(file, "Content-Encoding")).isEmpty();
        assertThat(file.headers().allValues("Vary")).contains("accept-encoding");
        assertThat(file.body()).isEqualTo(file("parley.js"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "identity"})
    void aKnownEntityTagGets304(String encoding) throws Exception {
        String tag = header(get("parley.js", "Accept-Encoding", encoding), "ETag");
        assertThat(tag).matches("\"[^\"]+\"");

        for (String known : List.of(tag, "W/" + tag, "\"another\", " + tag, "*")) {
            HttpResponse<byte[]> reply = get("parley.js", "Accept-Encoding", encoding, "If-None-Match", known);
            assertThat(reply.statusCode()).as(known).isEqualTo(304);
            assertThat(reply.body()).isEmpty();
            assertThat(reply.headers().map()).doesNotContainKeys("content-length", "content-type", "content-encoding");
            assertThat(header(reply, "ETag")).isEqualTo(tag);
            assertThat(header(reply, "Cache-Control")).isEqualTo("no-cache");
            assertThat(reply.headers().allValues("Vary")).contains("accept-encoding");
        }
        assertThat(get("parley.js", "If-None-Match", "\"another\"").statusCode())
                .isEqualTo(200);
    }

    /** A strong tag identifies the bytes that are sent (RFC 9110, section 8.8.3.3). */
    @Test
    void eachEncodingHasItsOwnEntityTag() throws Exception {
        String plain = header(get("parley.js"), "ETag");
        String compressed = header(get("parley.js", "Accept-Encoding", "gzip"), "ETag");

        assertThat(compressed).isNotEqualTo(plain);
        assertThat(get("parley.js", "If-None-Match", compressed).statusCode()).isEqualTo(200);
    }

    /** The time of the build, equal for all files, or of the start, different on each node, would mislead caches. */
    @Test
    void filesHaveNoLastModified() throws Exception {
        HttpResponse<byte[]> file = get("parley.js", "If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT");

        assertThat(file.statusCode()).isEqualTo(200);
        assertThat(header(file, "Last-Modified")).isEmpty();
    }

    @Test
    void eachFileHasAnEntityTag() throws Exception {
        for (String path : files()) {
            HttpResponse<byte[]> file = get(path);
            assertThat(file.statusCode()).as(path).isEqualTo(200);
            assertThat(header(file, "ETag")).as(path).isNotEmpty();
            assertThat(header(file, "Cache-Control")).as(path).isEqualTo("no-cache");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "identity"})
    void headHasTheHeadersOfGet(String encoding) throws Exception {
        for (String path : files()) {
            HttpResponse<byte[]> head =
                    send(request(path, "Accept-Encoding", encoding).method("HEAD", BodyPublishers.noBody()));
            assertThat(head.body()).isEmpty();
            assertThat(lasting(head)).as(path).isEqualTo(lasting(get(path, "Accept-Encoding", encoding)));
        }
    }

    @Test
    void theClientTakesAtMost16KilobytesCompressed() throws Exception {
        assertThat(get("parley.js", "Accept-Encoding", "gzip").body()).hasSizeLessThanOrEqualTo(16_180);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "identity"})
    void theVersionedClientIsImmutable(String encoding) throws Exception {
        HttpResponse<byte[]> client = get("parley.js", "Accept-Encoding", encoding);
        String address = header(client, "Content-Location");
        assertThat(address).matches("parley-[0-9a-f]{16}\\.js");

        HttpResponse<byte[]> versioned = get(address, "Accept-Encoding", encoding, "Origin", "https://chess.example");
        assertThat(versioned.statusCode()).isEqualTo(200);
        assertThat(versioned.body()).isEqualTo(client.body());
        assertThat(header(versioned, "Cache-Control")).isEqualTo("public, max-age=31536000, immutable");
        assertThat(header(versioned, "ETag")).isEqualTo(header(client, "ETag"));
        assertThat(header(versioned, "Content-Encoding")).isEqualTo(header(client, "Content-Encoding"));
        assertThat(header(versioned, "Access-Control-Allow-Origin")).isEqualTo("*");
    }

    /** So a page that names a version of another release, or of another node during an update, loads the client of this one. */
    @Test
    void anotherVersionRedirectsToTheClient() throws Exception {
        HttpResponse<byte[]> other = get("parley-0123456789abcdef.js");

        assertThat(other.statusCode()).isEqualTo(302);
        assertThat(header(other, "Location")).isEqualTo("parley.js");
        assertThat(header(other, "Cache-Control")).isEqualTo("no-cache");
        for (String path : List.of("parley-0123456789abcde.js", "parley-0123456789ABCDEF.js", "parley-.js")) {
            assertThat(get(path).statusCode()).as(path).isEqualTo(404);
        }
    }

    /** Ranges are optional (RFC 9110, section 14.2), and these files are small. */
    @Test
    void rangesAreIgnored() throws Exception {
        HttpResponse<byte[]> file = get("parley.js", "Range", "bytes=0-9");

        assertThat(file.statusCode()).isEqualTo(200);
        assertThat(file.body()).isEqualTo(file("parley.js"));
    }

    /** Compressing a secret together with text of an attacker would reveal the secret (BREACH). */
    @Test
    void apiRepliesAreNotCompressed() throws Exception {
        HttpRequest.Builder opening = request("api/v1/sessions", "Accept-Encoding", "gzip")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"offer\":\"" + "o".repeat(9_000) + "\"}"));
        HttpResponse<byte[]> opened = send(opening);
        assertThat(opened.statusCode()).isEqualTo(201);
        HttpResponse<byte[]> read = get(header(opened, "Location"), "Accept-Encoding", "gzip");

        assertThat(read.body()).hasSizeGreaterThan(9_000);
        for (HttpResponse<byte[]> reply : List.of(opened, read)) {
            assertThat(reply.headers().map()).doesNotContainKeys("content-encoding");
        }
    }

    @Test
    void aTrailingSlashIsNotFound() throws Exception {
        assertThat(get("parley.js/").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP_1_1", "HTTP_2"})
    void bothHttpVersionsGetTheSameFile(Version version) throws Exception {
        HttpResponse<byte[]> file =
                send(request("parley.js", "Accept-Encoding", "gzip").version(version));

        assertThat(unzipped(file.body())).isEqualTo(file("parley.js"));
    }

    private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        return send(request(path, headers));
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(service.resolve(path)).version(Version.HTTP_1_1);
        return headers.length == 0 ? request : request.headers(headers);
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static String header(HttpResponse<?> reply, String name) {
        return reply.headers().firstValue(name).orElse("");
    }

    /** The headers that do not change between requests. */
    private static Map<String, List<String>> lasting(HttpResponse<?> reply) {
        var headers = new TreeMap<>(reply.headers().map());
        headers.keySet().removeAll(Set.of("date", "x-d1-bookmark"));
        return headers;
    }

    private static byte[] file(String path) throws IOException {
        return Files.readAllBytes(FOLDER.resolve(path));
    }

    private static byte[] unzipped(byte[] content) throws IOException {
        return new GZIPInputStream(new ByteArrayInputStream(content)).readAllBytes();
    }

    private static List<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> FOLDER.relativize(file).toString())
                    .toList();
        }
    }
}
