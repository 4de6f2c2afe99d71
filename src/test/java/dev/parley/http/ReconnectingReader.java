package dev.parley.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.session.SessionKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of a session over connections that break in the middle; of each it keeps what was whole. It knows nothing but
 * the number of the last event that it has.
 */
final class ReconnectingReader {
    /** Less than a wait takes when nothing happens. */
    private static final int SILENCE_MAX_MILLIS = 60_000;

    private static final Pattern CHUNK = Pattern.compile("([0-9a-f]+)\r\n");
    private static final Pattern MESSAGE = Pattern.compile("id: ([0-9a-z]+[.])([0-9]+)\ndata: (.*)\n\n");

    private final SessionKey key;
    private final int last;
    private final Random random;
    /** What the ids of this session's events begin with; null before the first. */
    private @Nullable String incarnation;

    private final List<String> texts = new ArrayList<>();

    /** @param last the number of the last event that there will be; who has it reads no further */
    ReconnectingReader(SessionKey key, int last, Random random) {
        this.key = key;
        this.last = last;
        this.random = random;
    }

    /** The number of the last event that has arrived. */
    int seen() {
        return texts.size();
    }

    /** The text of each event. */
    List<String> texts() {
        return texts;
    }

    /** Reads over one connection, which is lost after {@code bytesMax} bytes if there is so much to say. */
    void read(boolean stream, int bytesMax) throws IOException {
        String reply = exchange(stream ? streamRequest() : pollRequest(), bytesMax, stream);
        int head = reply.indexOf("\r\n\r\n");
        if (head < 0) {
            return;
        }
        assertThat(reply).startsWith("HTTP/1.1 200 ");
        String body = reply.substring(head + 4);
        if (stream) {
            MESSAGE.matcher(unchunked(body)).results().forEach(message -> {
                incarnation = message.group(1);
                take(message.group(2), message.group(3));
            });
        } else if (isWhole(reply, body)) {
            for (JsonNode event : json(body).path("events")) {
                take(event.path("seq").asText(), event.toString());
            }
        }
    }

    private void take(String id, String event) {
        JsonNode json = json(event);
        assertThat(id).as("the number behind those seen").isEqualTo(Integer.toString(seen() + 1));
        assertThat(json.path("seq").asText()).isEqualTo(id);
        texts.add(json.path(json.path("type").textValue()).textValue());
    }

    private String streamRequest() {
        return switch (incarnation == null ? 0 : random.nextInt(3)) {
            case 0 -> request("?after=" + seen(), "Accept: text/event-stream\r\n");
            case 1 -> request("", "Accept: text/event-stream\r\nLast-Event-ID: " + incarnation + seen() + "\r\n");
            default ->
                request("?after=0", "Accept: text/event-stream\r\nLast-Event-ID: " + incarnation + seen() + "\r\n");
        };
    }

    private String pollRequest() {
        return request("?after=" + seen() + "&limit=" + (1 + random.nextInt(10)), "Prefer: wait=30\r\n");
    }

    private String request(String query, String headers) {
        return "GET /api/v1/sessions/" + key.code() + "/events" + query + " HTTP/1.1\r\nHost: x\r\nOrigin: "
                + key.namespace() + "\r\n" + headers + "\r\n";
    }

    /** Sends a request and returns what comes up to the byte at which the connection is lost, or to the end. */
    private String exchange(String request, int bytesMax, boolean stream) throws IOException {
        URI service = TestClient.service();
        try (var socket = new Socket(service.getHost(), service.getPort())) {
            socket.setSoTimeout(SILENCE_MAX_MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            var received = new ByteArrayOutputStream();
            var buffer = new byte[256];
            while (received.size() < bytesMax) {
                int read = in.read(buffer, 0, Math.min(buffer.length, bytesMax - received.size()));
                if (read < 0) {
                    break;
                }
                received.write(buffer, 0, read);
                String reply = received.toString(StandardCharsets.ISO_8859_1);
                int head = reply.indexOf("\r\n\r\n");
                boolean complete = stream
                        ? reply.contains("." + last + "\ndata: ") && reply.endsWith("\n\n\r\n")
                        : head >= 0 && isWhole(reply, reply.substring(head + 4));
                if (complete) {
                    break;
                }
            }
            return received.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private static boolean isWhole(String reply, String body) {
        Matcher length = Pattern.compile("content-length: ([0-9]+)", Pattern.CASE_INSENSITIVE)
                .matcher(reply);
        assertThat(length.find()).isTrue();
        return body.length() == Integer.parseInt(length.group(1));
    }

    /** The whole chunks of a body (RFC 9112, section 7.1), and what came of the last. */
    private static String unchunked(String body) {
        var content = new StringBuilder();
        Matcher chunk = CHUNK.matcher(body);
        int at = 0;
        while (chunk.find(at) && chunk.start() == at) {
            int end = chunk.end() + Integer.parseInt(chunk.group(1), 16);
            content.append(body, chunk.end(), Math.min(end, body.length()));
            at = end + 2;
            if (at >= body.length()) {
                break;
            }
        }
        return content.toString();
    }

    private static JsonNode json(String text) {
        try {
            return HttpReply.MAPPER.readTree(text);
        } catch (IOException e) {
            throw new AssertionError("No JSON: " + text, e);
        }
    }
}
