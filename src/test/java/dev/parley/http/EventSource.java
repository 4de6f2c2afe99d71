package dev.parley.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stream of server-sent events, read as the HTML standard has it (section 9.2.6). Each read waits for what comes next. */
public final class EventSource implements Closeable {
    private static final Duration SILENCE_MAX = Duration.ofMinutes(2);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpResponse<InputStream> response;
    private final BufferedReader lines;
    private final List<String> comments = new ArrayList<>();
    private String lastEventId = "";

    /** @param id empty where there is none */
    public record Message(String id, String event, String data) {
        /** The number of the event, which the id and the data agree on. */
        public long seq() {
            long seq = json().path("seq").longValue();
            assertThat(id).endsWith("." + seq);
            return seq;
        }

        public JsonNode json() {
            try {
                return HttpReply.MAPPER.readTree(data);
            } catch (IOException e) {
                throw new UncheckedIOException("No JSON: " + data, e);
            }
        }
    }

    private EventSource(HttpRequest request) throws IOException, InterruptedException {
        response = http.send(request, BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** Opens the stream of a session's events after number {@code after}. */
    public static EventSource of(HttpSession session, long after) {
        return open(session, "?after=" + after, null);
    }

    /** Opens the stream again, as a browser does after a lost connection: the same address, and the last id. */
    public static EventSource again(HttpSession session, String query, String lastEventId) {
        return open(session, query, lastEventId);
    }

    /** Opens the stream of the sessions of a topic. */
    public static EventSource ofTopic(TestClient client, String query) {
        return open(client, "api/v1/sessions?" + query, null);
    }

    /** Opens the shared stream of the watches in {@code json}. */
    public static EventSource shared(TestClient client, String json) {
        return open(request(client, "api/v1/events")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json)));
    }

    private static EventSource open(HttpSession session, String query, @Nullable String lastEventId) {
        return open(session.client(), session.path().substring(1) + "/events" + query, lastEventId);
    }

    private static EventSource open(TestClient client, String pathAndQuery, @Nullable String lastEventId) {
        HttpRequest.Builder request = request(client, pathAndQuery);
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        return open(request);
    }

    private static HttpRequest.Builder request(TestClient client, String pathAndQuery) {
        return HttpRequest.newBuilder(URI.create(TestClient.service() + pathAndQuery))
                .timeout(SILENCE_MAX)
                .header("Accept", "text/event-stream")
                .header("Origin", client.origin());
    }

    private static EventSource open(HttpRequest.Builder request) {
        try {
            return new EventSource(request.build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", e);
        }
    }

    public HttpHeaders headers() {
        return response.headers();
    }

    /** The next event of the session. */
    public Message next() {
        Message message = nextOfAnyName();
        while (message.event().equals("bookmark")) {
            message = nextOfAnyName();
        }
        return message;
    }

    /** The next message, or a failure where the stream ends. */
    public Message nextOfAnyName() {
        Message message = read();
        if (message == null) {
            throw new AssertionError("The stream has ended with the comments " + comments);
        }
        return message;
    }

    /** The comments that come until the stream ends; fails where a message comes. */
    public List<String> untilTheEnd() {
        assertThat(read()).as("a message before the end").isNull();
        return comments;
    }

    /** Reads up to the next comment of that text; fails where a message comes first. */
    public void awaitComment(String text) {
        for (String line = line(); line != null; line = line()) {
            assertThat(line).as("a line before the comment").doesNotStartWith("data");
            if (line.equals(": " + text)) {
                return;
            }
        }
        throw new AssertionError("The stream has ended");
    }

    private @Nullable Message read() {
        String event = "message";
        var data = new ArrayList<String>();
        String line;
        while ((line = line()) != null) {
            if (line.isEmpty() && data.isEmpty()) {
                event = "message";
            } else if (line.isEmpty()) {
                return new Message(lastEventId, event, String.join("\n", data));
            } else if (line.startsWith(":")) {
                comments.add(line.substring(1).strip());
            } else {
                String[] fieldAndValue = line.split(": ?", 2);
                switch (fieldAndValue[0]) {
                    case "id" -> lastEventId = fieldAndValue[1];
                    case "event" -> event = fieldAndValue[1];
                    case "data" -> data.add(fieldAndValue[1]);
                    case "retry" -> assertThat(fieldAndValue[1]).containsOnlyDigits();
                    default -> throw new AssertionError("No field of the format: " + line);
                }
            }
        }
        return null;
    }

    private @Nullable String line() {
        try {
            return lines.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
