package dev.parley.packaged;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;

/**
 * The reply of a server.
 *
 * @param text the body
 */
public record ServerReply(int status, HttpHeaders headers, String text) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Whether the status is 2xx. */
    public boolean isSuccess() {
        return status / 100 == 2;
    }

    /** The body read as JSON. */
    public JsonNode json() {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException("No JSON in " + this, e);
        }
    }

    /** The field {@code seq} of the body. */
    public long seq() {
        return json().required("seq").longValue();
    }
}
