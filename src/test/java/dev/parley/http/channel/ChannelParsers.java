package dev.parley.http.channel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.http.Json;
import java.io.IOException;

/** The parser of messages, for tests of other packages. */
public final class ChannelParsers {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final MessageReader READER = new MessageReader(16);

    private ChannelParsers() {}

    /** Whether a message is either understood or refused, and its id can be sent back as JSON. */
    public static boolean isReadOrRefused(byte[] message) throws IOException {
        if (!Json.isUtf8(message)) {
            return true; // the channel is closed
        }
        Message read = READER.read(message);
        if (read.id() != null) {
            JsonNode id = MAPPER.readTree(read.id());
            if (!id.isIntegralNumber() && !id.isTextual()) {
                return false;
            }
        }
        return read.refusal() != null || (read.id() != null && read.operation() != null);
    }
}
