package dev.parley.http.channel;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.parley.http.HttpConfig;
import dev.parley.http.Json;
import dev.parley.http.channel.Operation.Field;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.Malformed;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages in one pass: the body becomes its request record directly where {@code op} precedes it, and is read at the end of the
 * message otherwise.
 */
@Singleton
final class MessageReader {
    private static final long LEASE_SECONDS_MAX = 3_600;

    static final int ID_CHARS_MAX = 64;

    private final Json json;

    @Inject
    MessageReader(HttpConfig config) {
        this(config.jsonDepthMax());
    }

    /** @param depthMax of a body, as over HTTP */
    MessageReader(int depthMax) {
        this.json = new Json(depthMax + 1);
    }

    /** @param utf8 one message, in valid UTF-8 */
    Message read(byte[] utf8) {
        var fields = new Fields(utf8);
        SignalingException refusal = null;
        try {
            fields.read();
        } catch (SignalingException e) {
            refusal = e;
        } catch (JsonProcessingException e) {
            refusal = Json.refusal(e);
        } catch (IOException e) {
            throw new IllegalStateException("Reading from memory cannot fail", e);
        }
        if (refusal != null && (fields.id == null || fields.operation == null)) {
            fields.recover();
        }
        return fields.message(refusal);
    }

    private static String id(JsonParser parser, byte[] utf8) throws IOException {
        JsonToken value = parser.currentToken();
        if (value == JsonToken.VALUE_NUMBER_INT || value == JsonToken.VALUE_STRING) {
            int from = (int) parser.currentTokenLocation().getByteOffset();
            int length = parser.getTextLength(); // a string is read to its end only when it is used
            int to = (int) parser.currentLocation().getByteOffset();
            String id = value == JsonToken.VALUE_STRING
                    ? new String(utf8, from, to - from, StandardCharsets.UTF_8)
                    : parser.getText();
            if (length <= ID_CHARS_MAX) {
                return id;
            }
        }
        throw new Malformed(
                "The field \"id\" must be a whole number or a string, of at most " + ID_CHARS_MAX + " characters.");
    }

    /** The fields of one message, as far as they are read. */
    private final class Fields {
        private final byte[] utf8;
        private final Map<Field, String> texts = new EnumMap<>(Field.class);
        private @Nullable String id;
        private @Nullable Operation operation;
        private @Nullable Object body;
        private long after = Message.ABSENT;
        private long limit = Message.ABSENT;
        private long lease = Message.ABSENT;
        private int bodyFrom;
        private int bodyTo;

        Fields(byte[] utf8) {
            this.utf8 = utf8;
        }

        Message message(@Nullable SignalingException refusal) {
            return new Message(
                    id,
                    operation,
                    texts.get(Field.CODE),
                    texts.get(Field.TOKEN),
                    texts.get(Field.TOPIC),
                    texts.get(Field.TAG),
                    texts.get(Field.CURSOR),
                    texts.get(Field.IF_MATCH),
                    texts.get(Field.ETAG),
                    texts.get(Field.BOOKMARK),
                    texts.get(Field.NAMESPACE),
                    after,
                    limit,
                    lease,
                    body,
                    refusal);
        }

        /** Reads the id and the operation of a message that is refused for a field before them, as far as they can be read. */
        void recover() {
            try (JsonParser parser = json.parser(utf8)) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    return;
                }
                for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                    recover(name, parser.nextToken(), parser);
                }
            } catch (IOException e) {
                // nothing more can be read
            }
        }

        private void recover(String name, JsonToken value, JsonParser parser) throws IOException {
            if (name.equals("op") && value == JsonToken.VALUE_STRING) {
                operation = Operation.named(parser.getText());
            } else if (name.equals("id") && id == null) {
                try {
                    id = id(parser, utf8);
                } catch (Malformed e) {
                    // the reply has no id
                }
            }
            if (parser.currentToken().isStructStart()) {
                parser.skipChildren();
            }
        }

        void read() throws IOException {
            try (JsonParser parser = json.parser(utf8)) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    throw new Malformed("A message must be one JSON object.");
                }
                for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                    parser.nextToken();
                    read(name, parser);
                }
                if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                    throw new Malformed("A message must be one JSON object.");
                }
            }
            if (id == null) {
                throw new Malformed("The field \"id\" is missing.");
            }
            if (operation == null) {
                throw new Malformed("The field \"op\" is missing.");
            }
            if (bodyTo > 0) {
                body = json.read(Arrays.copyOfRange(utf8, bodyFrom, bodyTo), typeOfBody(operation));
            }
            for (Field field : texts.keySet()) {
                requireField(field);
            }
            if (after != Message.ABSENT) {
                requireField(Field.AFTER);
            }
            if (lease != Message.ABSENT) {
                requireField(Field.LEASE);
            }
            if (limit != Message.ABSENT) {
                requireField(Field.LIMIT);
            }
            refuseIgnored(operation);
        }

        /** Refuses a field that the operation has, and would ignore because of the others. */
        private void refuseIgnored(Operation requested) {
            boolean ofTopic = texts.containsKey(Field.TOPIC);
            boolean watches = requested == Operation.WATCH;
            if (ofTopic && (watches || requested == Operation.UNWATCH)) {
                refuseIf(texts.containsKey(Field.CODE), Field.CODE, "with a \"topic\"");
                refuseIf(after != Message.ABSENT, Field.AFTER, "with a \"topic\"");
                refuseIf(texts.containsKey(Field.TOKEN), Field.TOKEN, "with a \"topic\"");
                refuseIf(lease != Message.ABSENT, Field.LEASE, "with a \"topic\"");
                refuseIf(texts.containsKey(Field.ETAG), Field.ETAG, "with a \"topic\"");
            } else if (watches) {
                refuseIf(texts.containsKey(Field.TAG), Field.TAG, "without a \"topic\"");
                refuseIf(texts.containsKey(Field.TOKEN) && lease == Message.ABSENT, Field.TOKEN, "without a \"lease\"");
                refuseIf(texts.containsKey(Field.ETAG) && after == Message.ABSENT, Field.ETAG, "without \"after\"");
            } else if (requested == Operation.READ) {
                refuseIf(limit != Message.ABSENT && after == Message.ABSENT, Field.LIMIT, "without \"after\"");
            }
        }

        private void refuseIf(boolean ignored, Field field, String where) {
            if (ignored) {
                throw new Malformed("The field \"" + field.json() + "\" has no meaning " + where + ".");
            }
        }

        private void read(String name, JsonParser parser) throws IOException {
            if (name.equals("id")) {
                id = id(parser, utf8);
                return;
            }
            if (name.equals("op")) {
                operation = Operation.named(text(name, parser));
                if (operation == null) {
                    throw new Malformed("Unknown operation " + Json.shown(parser.getText()) + ".");
                }
                return;
            }
            Field field = Field.named(name);
            if (field == null) {
                throw new Malformed("Unknown field " + Json.shown(name) + ".");
            }
            if (parser.currentToken() == JsonToken.VALUE_NULL) {
                return;
            }
            switch (field) {
                case BODY -> readBody(parser);
                case AFTER -> after = number(name, parser, 0, Long.MAX_VALUE);
                case LEASE -> lease = number(name, parser, 1, LEASE_SECONDS_MAX);
                case LIMIT -> limit = number(name, parser, 1, Long.MAX_VALUE);
                default -> texts.put(field, text(name, parser));
            }
        }

        private void readBody(JsonParser parser) throws IOException {
            if (operation != null) {
                body = json.read(parser, utf8, typeOfBody(operation));
                return;
            }
            bodyFrom = (int) parser.currentTokenLocation().getByteOffset();
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw new Malformed("The field \"body\" must be an object.");
            }
            parser.skipChildren();
            bodyTo = (int) parser.currentLocation().getByteOffset();
        }

        private static Class<?> typeOfBody(Operation operation) {
            Class<?> type = operation.body();
            if (type == null) {
                throw excess(Field.BODY, operation);
            }
            return type;
        }

        private void requireField(Field field) {
            Operation requested = Objects.requireNonNull(operation);
            if (!requested.has(field)) {
                throw excess(field, requested);
            }
        }

        private static Malformed excess(Field field, Operation operation) {
            return new Malformed("The operation \"" + operation.word() + "\" has no field \"" + field.json() + "\".");
        }

        private static String text(String name, JsonParser parser) throws IOException {
            if (parser.currentToken() != JsonToken.VALUE_STRING) {
                throw new Malformed("The field " + Json.shown(name) + " must be a string.");
            }
            return Json.text(parser);
        }

        private static long number(String name, JsonParser parser, long min, long max) throws IOException {
            if (parser.currentToken().isNumeric()) {
                try {
                    // JSON has one number type (RFC 8259, section 6): 15, 15.0 and 1.5e1 are equal.
                    long number = parser.getDecimalValue().longValueExact();
                    if (number >= min && number <= max) {
                        return number;
                    }
                } catch (ArithmeticException e) {
                    // refused below: a fraction, or more digits than any long
                }
            }
            throw new Malformed("The field " + Json.shown(name) + " must be a whole number from " + min
                    + (max == Long.MAX_VALUE ? "." : " to " + max + "."));
        }
    }
}
