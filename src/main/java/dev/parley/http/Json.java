package dev.parley.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
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
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.parley.session.Candidate;
import dev.parley.session.Description;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.Malformed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * JSON as the API takes it: nothing unknown, nothing twice, nothing of another type, nothing deeper than allowed (RFC 8259 leaves
 * all that to the receiver). Descriptions and candidates pass through as bytes.
 */
public final class Json {
    private static final String SOURCE = "source";
    private static final int NAME_SHOWN_MAX = 64;

    private final ObjectMapper mapper;

    /** @param depthMax how many objects and arrays may be open at once */
    public Json(int depthMax) {
        var factory = JsonFactory.builder()
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

    /** How descriptions and candidates are written and read. */
    public static SimpleModule codecs() {
        var module = new SimpleModule("parley");
        module.addSerializer(Description.class, new DescriptionWriter());
        module.addDeserializer(Description.class, new DescriptionReader());
        module.addSerializer(Candidate.class, new CandidateWriter());
        module.addDeserializer(Candidate.class, new CandidateReader());
        return module;
    }

    /**
     * Reads one JSON value.
     *
     * @throws Malformed naming what is wrong, if {@code utf8} is not such a value
     */
    public <T> T read(byte[] utf8, Class<T> type) {
        requireUtf8(utf8);
        try {
            T value = mapper.readerFor(type).withAttribute(SOURCE, utf8).readValue(utf8);
            if (value == null) {
                throw new Malformed("The body is empty; send a JSON object.");
            }
            return value;
        } catch (StreamConstraintsException e) {
            throw new Malformed("The JSON is nested too deep, or a number or a name in it is too long.");
        } catch (UnrecognizedPropertyException e) {
            throw new Malformed("There is no field " + shown(e.getPropertyName()) + " here.");
        } catch (MismatchedInputException e) {
            throw utf8.length == 0 ? new Malformed("The body is empty; send a JSON object.") : mismatch(e);
        } catch (JsonMappingException e) {
            throw e.getCause() instanceof SignalingException refusal ? refusal : mismatch(e);
        } catch (JsonProcessingException e) {
            throw syntax(e);
        } catch (IOException e) {
            throw new IllegalStateException("Reading from memory cannot fail", e);
        }
    }

    /** JSON between systems is UTF-8 (RFC 8259, section 8.1); what is not would come back as something else. */
    private static void requireUtf8(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                try {
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
                    return;
                } catch (CharacterCodingException e) {
                    throw new Malformed("The body is not UTF-8.");
                }
            }
        }
    }

    private static Malformed mismatch(JsonMappingException e) {
        String field = e.getPath().stream()
                .map(JsonMappingException.Reference::getFieldName)
                .filter(name -> name != null)
                .reduce((outer, inner) -> outer + "." + inner)
                .orElse("");
        return field.isEmpty()
                ? new Malformed("The body is not a JSON object of the kind that this call takes.")
                : new Malformed("The field " + shown(field) + " is not of the type that this call takes.");
    }

    private static Malformed syntax(JsonProcessingException e) {
        String message = e.getOriginalMessage();
        if (message.startsWith("Duplicate field") && e.getProcessor() instanceof JsonParser parser) {
            try {
                return new Malformed("The field " + shown(parser.currentName()) + " stands there twice.");
            } catch (IOException unnamed) {
                return new Malformed("A field stands there twice.");
            }
        }
        var at = e.getLocation();
        return new Malformed("The body is not JSON"
                + (at == null ? "." : " from line " + at.getLineNr() + ", column " + at.getColumnNr() + "."));
    }

    /** A name from the request, short and harmless enough to be repeated in the reply. */
    private static String shown(String name) {
        String start = name.length() > NAME_SHOWN_MAX ? name.substring(0, NAME_SHOWN_MAX) + "…" : name;
        return "\""
                + start.codePoints()
                        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? '?' : c)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                + "\"";
    }

    /** The text as UTF-8; half a surrogate pair has none, and would come back as something else. */
    private static byte[] utf8(String text, String what) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length == text.length()) {
            return utf8; // ASCII, as SDP nearly always is
        }
        for (int i = 0; i < text.length(); i++) {
            if (Character.isHighSurrogate(text.charAt(i))
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(text.charAt(i))) {
                throw new Malformed(what + " holds half a surrogate pair, which is no Unicode text.");
            }
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

    private static final class DescriptionReader extends JsonDeserializer<Description> {
        @Override
        public Description deserialize(JsonParser json, DeserializationContext context) throws IOException {
            if (json.currentToken() != JsonToken.VALUE_STRING) {
                return (Description) context.handleUnexpectedToken(Description.class, json);
            }
            return new Description(utf8(json.getText(), "A description"));
        }
    }

    private static final class CandidateWriter extends JsonSerializer<Candidate> {
        @Override
        public void serialize(Candidate candidate, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeRawValue(new Utf8Json(candidate.json()));
        }
    }

    /** Takes the candidate's bytes out of the request as they stand there. */
    private static final class CandidateReader extends JsonDeserializer<Candidate> {
        @Override
        public Candidate deserialize(JsonParser json, DeserializationContext context) throws IOException {
            byte[] source = (byte[]) context.getAttribute(SOURCE);
            int from = (int) json.currentTokenLocation().getByteOffset();
            switch (json.currentToken()) {
                case START_OBJECT -> json.skipChildren();
                case VALUE_STRING -> utf8(json.getText(), "A candidate");
                default -> {
                    return (Candidate) context.handleUnexpectedToken(Candidate.class, json);
                }
            }
            int to = (int) json.currentLocation().getByteOffset();
            return new Candidate(Arrays.copyOfRange(source, from, to));
        }
    }
}
