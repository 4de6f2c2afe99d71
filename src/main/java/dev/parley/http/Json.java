package dev.parley.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.Malformed;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Reads request bodies strictly: unknown and duplicate fields, values of another type and excessive nesting are rejected (RFC 8259
 * leaves all of that to the receiver). Descriptions and candidates are passed through as bytes, in replies too.
 */
public final class Json {
    private static final String SOURCE = "source";
    private static final int NAME_SHOWN_MAX = 64;
    private static final byte[] MARK = "\ufeff".getBytes(StandardCharsets.UTF_8);

    private final ObjectMapper mapper;

    /** @param depthMax the maximum nesting of objects and arrays */
    public Json(int depthMax) {
        var factory = JsonFactory.builder()
                .disable(JsonFactory.Feature.CHARSET_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(depthMax)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        this.mapper = JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .withCoercionConfig(
                        LogicalType.Textual,
                        text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .addModule(codecs())
                .build();
    }

    /** Lets the framework write replies with the same codecs. */
    @Singleton
    public static final class InReplies implements ObjectMapperCustomizer {
        @Override
        public void customize(ObjectMapper mapper) {
            mapper.registerModule(codecs());
        }
    }

    private static SimpleModule codecs() {
        var module = new SimpleModule("parley");
        module.addSerializer(Code.class, new ToStringSerializer(Code.class));
        module.addSerializer(Description.class, new DescriptionWriter());
        module.addDeserializer(Description.class, new DescriptionReader());
        module.addSerializer(Candidate.class, new CandidateWriter());
        module.addDeserializer(Candidate.class, new CandidateReader());
        module.addDeserializer(Long.class, new WholeNumberReader<>(Long.class, BigDecimal::longValueExact));
        module.addDeserializer(Integer.class, new WholeNumberReader<>(Integer.class, BigDecimal::intValueExact));
        return module;
    }

    /**
     * Reads one JSON value.
     *
     * @param body in UTF-8; a byte order mark is ignored (RFC 8259, section 8.1)
     * @throws Malformed if {@code body} is not a value of {@code type}
     */
    public <T> T read(byte[] body, Class<T> type) {
        byte[] utf8 = withoutMark(body);
        if (utf8.length == 0) {
            throw new Malformed("The body is empty; send a JSON object.");
        }
        requireUtf8(utf8);
        try {
            T value = mapper.readerFor(type).withAttribute(SOURCE, utf8).readValue(utf8);
            if (value == null) {
                throw new Malformed("The body is empty; send a JSON object.");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw refusal(e);
        } catch (IOException e) {
            throw new IllegalStateException("Reading from memory cannot fail", e);
        }
    }

    /** Begins to read one value. */
    public JsonParser parser(byte[] utf8) throws IOException {
        return mapper.getFactory().createParser(utf8);
    }

    /**
     * Reads the value at which a parser of {@code source} is.
     *
     * @throws JsonProcessingException if it is not a value of {@code type}; see {@link #refusal}
     */
    public <T> T read(JsonParser json, byte[] source, Class<T> type) throws IOException {
        return mapper.readerFor(type)
                .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .withAttribute(SOURCE, source)
                .readValue(json);
    }

    /**
     * The parser's current string.
     *
     * @throws Malformed if it contains half a surrogate pair
     */
    public static String text(JsonParser json) throws IOException {
        utf8(json);
        return json.getText();
    }

    /** What to reply to the sender of JSON that could not be read. */
    public static SignalingException refusal(JsonProcessingException e) {
        if (e.getCause() instanceof SignalingException refusal) {
            return refusal;
        }
        if (e.getCause() instanceof JsonProcessingException inAList) {
            return refusal(inAList);
        }
        if (e instanceof StreamConstraintsException) {
            return new Malformed("The JSON is nested too deeply, or a number or name in it is too long.");
        }
        if (e instanceof UnrecognizedPropertyException unknown) {
            return new Malformed("Unknown field " + shown(unknown.getPropertyName()) + ".");
        }
        return e instanceof JsonMappingException mapping ? mismatch(mapping) : syntax(e);
    }

    private static byte[] withoutMark(byte[] body) {
        return body.length >= MARK.length && Arrays.equals(body, 0, MARK.length, MARK, 0, MARK.length)
                ? Arrays.copyOfRange(body, MARK.length, body.length)
                : body;
    }

    /** Invalid UTF-8 (RFC 8259, section 8.1) would be returned as other text. */
    private static void requireUtf8(byte[] bytes) {
        if (!isUtf8(bytes)) {
            throw new Malformed("The body is not UTF-8.");
        }
    }

    public static boolean isUtf8(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                try {
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
                    return true;
                } catch (CharacterCodingException e) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Malformed mismatch(JsonMappingException e) {
        String field = e.getPath().stream()
                .map(JsonMappingException.Reference::getFieldName)
                .filter(name -> name != null)
                .reduce((outer, inner) -> outer + "." + inner)
                .orElse("");
        return field.isEmpty()
                ? new Malformed("The body is not a JSON object of the type that this call accepts.")
                : new Malformed("The field " + shown(field) + " does not have the type that this call accepts.");
    }

    private static Malformed syntax(JsonProcessingException e) {
        if (e instanceof InputCoercionException) {
            return new Malformed("The field " + field(e) + " is a number out of range.");
        }
        if (e.getOriginalMessage().startsWith("Duplicate field")) {
            return new Malformed("Duplicate field " + field(e) + ".");
        }
        var at = e.getLocation();
        return new Malformed("The body is not JSON"
                + (at == null ? "." : " from line " + at.getLineNr() + ", column " + at.getColumnNr() + "."));
    }

    private static String field(JsonProcessingException e) {
        return e.getProcessor() instanceof JsonParser json ? field(json) : "";
    }

    /** The current field of the parser, or the one whose list it is in. */
    private static String field(JsonParser json) {
        JsonStreamContext at = json.getParsingContext();
        String name = at.inArray() ? at.getParent().getCurrentName() : at.getCurrentName();
        return name == null ? "" : shown(name);
    }

    /** A name from the request, shortened and without control characters, for use in the reply. */
    public static String shown(String name) {
        String start = name.length() > NAME_SHOWN_MAX ? name.substring(0, NAME_SHOWN_MAX) + "…" : name;
        return "\""
                + start.codePoints()
                        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? '?' : c)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                + "\"";
    }

    /** The parser's current string as UTF-8. Half a surrogate pair has none and would be returned as another character. */
    private static byte[] utf8(JsonParser json) throws IOException {
        String text = json.getText();
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        // For ASCII several times as fast as a loop over characters.
        if (!text.equals(new String(utf8, StandardCharsets.UTF_8))) {
            throw new Malformed("The field " + field(json) + " contains half a surrogate pair.");
        }
        return utf8;
    }

    private static final class DescriptionWriter extends JsonSerializer<Description> {
        @Override
        public void serialize(Description description, JsonGenerator json, SerializerProvider provider)
                throws IOException {
            byte[] utf8 = description.utf8();
            json.writeUTF8String(utf8, 0, utf8.length);
        }
    }

    /** JSON has one number type (RFC 8259, section 6): 300, 300.0 and 3e2 are equal. */
    private static final class WholeNumberReader<T> extends JsonDeserializer<T> {
        /** More than any {@code long} has. Longer numbers are not expanded: {@code 1e999999999} would take a gigabyte. */
        private static final int DIGITS_MAX = 20;

        private final Class<T> type;
        private final Function<BigDecimal, T> exactly;

        /** @param exactly fails with {@link ArithmeticException} where the number is out of the type's range */
        WholeNumberReader(Class<T> type, Function<BigDecimal, T> exactly) {
            this.type = type;
            this.exactly = exactly;
        }

        @Override
        @SuppressWarnings("unchecked")
        public T deserialize(JsonParser json, DeserializationContext context) throws IOException {
            if (!json.currentToken().isNumeric()) {
                return (T) context.handleUnexpectedToken(type, json);
            }
            BigDecimal number = json.getDecimalValue();
            if (number.signum() == 0) {
                number = BigDecimal.ZERO;
            }
            if (!isWhole(number)) {
                throw new Malformed("The field " + field(json) + " must be a whole number.");
            }
            try {
                if ((long) number.precision() - number.scale() <= DIGITS_MAX) {
                    return exactly.apply(number);
                }
            } catch (ArithmeticException e) {
                // reported below, as for a number with more digits
            }
            throw new Malformed("The field " + field(json) + " is a number out of range.");
        }
    }

    private static boolean isWhole(BigDecimal number) {
        return number.stripTrailingZeros().scale() <= 0;
    }

    private static final class DescriptionReader extends JsonDeserializer<Description> {
        @Override
        public Description deserialize(JsonParser json, DeserializationContext context) throws IOException {
            if (json.currentToken() == JsonToken.START_OBJECT) {
                String field = shown(json.getParsingContext().getParent().getCurrentName());
                throw new Malformed("The field " + field
                        + " must be the SDP as a string; send the sdp of the RTCSessionDescription, not the object.");
            }
            if (json.currentToken() != JsonToken.VALUE_STRING) {
                return (Description) context.handleUnexpectedToken(Description.class, json);
            }
            return new Description(utf8(json));
        }
    }

    private static final class CandidateWriter extends JsonSerializer<Candidate> {
        @Override
        public void serialize(Candidate candidate, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeRawValue(new String(candidate.json(), StandardCharsets.UTF_8));
        }
    }

    /**
     * Copies the candidate's bytes from the request. Of an object only the members of RTCIceCandidateInit (W3C WebRTC 1.0, section
     * 4.8.1.1) are checked; others are allowed.
     */
    private static final class CandidateReader extends JsonDeserializer<Candidate> {
        @Override
        public Candidate deserialize(JsonParser json, DeserializationContext context) throws IOException {
            byte[] source = (byte[]) context.getAttribute(SOURCE);
            int from = (int) json.currentTokenLocation().getByteOffset();
            switch (json.currentToken()) {
                case START_OBJECT -> checkMembers(json);
                case VALUE_STRING -> utf8(json);
                default -> {
                    return (Candidate) context.handleUnexpectedToken(Candidate.class, json);
                }
            }
            int to = (int) json.currentLocation().getByteOffset();
            return new Candidate(Arrays.copyOfRange(source, from, to));
        }

        private static void checkMembers(JsonParser json) throws IOException {
            boolean complete = false;
            for (String member = json.nextFieldName(); member != null; member = json.nextFieldName()) {
                JsonToken value = json.nextToken();
                switch (member) {
                    case "candidate" -> {
                        require(value == JsonToken.VALUE_STRING, member, "a string");
                        complete = true;
                    }
                    case "sdpMid", "usernameFragment" ->
                        require(
                                value == JsonToken.VALUE_STRING || value == JsonToken.VALUE_NULL,
                                member,
                                "a string or null");
                    case "sdpMLineIndex" ->
                        require(isWholeNumber(json) || value == JsonToken.VALUE_NULL, member, "a whole number or null");
                    default -> json.skipChildren();
                }
            }
            require(complete, "candidate", "a string");
        }

        private static boolean isWholeNumber(JsonParser json) throws IOException {
            return json.currentToken().isNumeric() && isWhole(json.getDecimalValue());
        }

        private static void require(boolean holds, String member, String what) {
            if (!holds) {
                throw new Malformed("The field \"" + member + "\" of a candidate must be " + what
                        + "; send candidates as RTCIceCandidate.toJSON() returns them, or as strings.");
            }
        }
    }
}
