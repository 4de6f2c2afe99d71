package dev.parley.http.wait;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.http.Views.EventView;
import dev.parley.session.Event;
import io.vertx.core.buffer.Buffer;

/**
 * How a stream of events is written (HTML standard, section 9.2.5). An event of the session is a message with its {@link EventId} and
 * the same JSON as in a list of events. The bookmark that goes with the messages behind it is an event of its own, named
 * {@code bookmark}: a header comes too early for that, and a browser would not show it.
 */
final class EventFrames {
    private static final String RECONNECT_MILLIS = "1000";
    private static final byte LF = '\n';
    private static final byte CR = '\r';

    private final ObjectMapper json;

    EventFrames(ObjectMapper json) {
        this.json = json;
    }

    /** What comes first. */
    Buffer head() {
        return Buffer.buffer("retry: " + RECONNECT_MILLIS + "\n\n");
    }

    /** What clients pass over. */
    Buffer comment(String text) {
        return Buffer.buffer(": " + text + "\n\n");
    }

    Buffer bookmark(String word) {
        return Buffer.buffer("event: bookmark\ndata: " + word + "\n\n");
    }

    Buffer event(long incarnation, Event event) {
        byte[] data = utf8(EventView.of(event));
        Buffer frame = Buffer.buffer(data.length + 64)
                .appendString("id: " + EventId.of(incarnation, event.seq()) + "\ndata: ");
        // A candidate stands there as it came, and there may be line breaks between its tokens. Each line is data.
        int line = 0;
        for (int i = 0; i < data.length; i++) {
            if (data[i] == LF || data[i] == CR) {
                frame.appendBytes(data, line, i - line).appendString("\ndata: ");
                line = i + 1;
            }
        }
        return frame.appendBytes(data, line, data.length - line).appendString("\n\n");
    }

    private byte[] utf8(EventView event) {
        try {
            return json.writeValueAsBytes(event);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An event is always JSON", e);
        }
    }
}
