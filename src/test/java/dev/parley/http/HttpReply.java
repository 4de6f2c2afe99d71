package dev.parley.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** A reply of the service. */
public final class HttpReply {
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final int status;
    private final HttpHeaders headers;
    private final byte[] body;

    HttpReply(int status, HttpHeaders headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    public int status() {
        return status;
    }

    public HttpHeaders headers() {
        return headers;
    }

    public byte[] body() {
        return body;
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    public JsonNode json() {
        try {
            return MAPPER.readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException("No JSON: " + text(), e);
        }
    }

    /** The value at a JSON pointer, which must be there. */
    public JsonNode at(String pointer) {
        JsonNode value = json().at(pointer);
        assertThat(value.isMissingNode()).as("%s in %s", pointer, text()).isFalse();
        return value;
    }

    public String textAt(String pointer) {
        return at(pointer).textValue();
    }

    public Instant timeAt(String pointer) {
        return Instant.parse(textAt(pointer));
    }

    public List<String> textsAt(String pointer) {
        return MAPPER.convertValue(
                at(pointer), MAPPER.getTypeFactory().constructCollectionType(List.class, String.class));
    }

    /** A header, which must be there. */
    public String header(String name) {
        return headers.firstValue(name).orElseThrow(() -> new AssertionError("No " + name + " in " + headers.map()));
    }

    public boolean hasHeader(String name) {
        return headers.firstValue(name).isPresent();
    }

    public String mediaType() {
        return headers.firstValue("Content-Type").orElse("").replaceFirst(";.*", "");
    }

    /** The reply itself, if it has that status. */
    public HttpReply is(int expected) {
        assertThat(status).as(() -> "status, with " + text()).isEqualTo(expected);
        return this;
    }

    /**
     * The reply itself, if it is a problem of that status and type.
     *
     * @param type the last segment of the type, or "blank" for a problem without a type of its own
     */
    public HttpReply isProblem(int expected, String type) {
        is(expected);
        assertThat(mediaType()).isEqualTo("application/problem+json");
        assertThat(textAt("/type")).isEqualTo(type.equals("blank") ? "about:blank" : "urn:parley:problem:" + type);
        assertThat(at("/status").intValue()).isEqualTo(expected);
        assertThat(textAt("/title")).isNotBlank();
        assertThat(textAt("/detail")).isNotBlank();
        assertThat(header("Cache-Control")).isEqualTo("no-store");
        return this;
    }

    /** The reply itself, if it is a 400 whose detail contains {@code what}. */
    public HttpReply isMalformed(String what) {
        isProblem(400, "malformed");
        assertThat(textAt("/detail")).contains(what);
        return this;
    }

    /** The reply itself, if it is a 422 that names the field. */
    public HttpReply isOutOfBounds(String field) {
        isProblem(422, "out-of-bounds");
        assertThat(textAt("/field")).isEqualTo(field);
        assertThat(textAt("/detail")).isNotBlank();
        return this;
    }

    /** The reply itself, if it is an error of the compatible API: that status, and {@code {"error"}} alone. */
    public HttpReply isError(int expected) {
        is(expected);
        assertThat(mediaType()).isEqualTo("application/json");
        assertThat(json().size()).as("fields of %s", text()).isEqualTo(1);
        assertThat(textAt("/error")).isNotBlank();
        assertThat(header("Cache-Control")).isEqualTo("no-store");
        return this;
    }

    public HttpReply isError(int expected, String text) {
        isError(expected);
        assertThat(textAt("/error")).isEqualTo(text);
        return this;
    }
}
