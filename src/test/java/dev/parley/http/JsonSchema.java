package dev.parley.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The part of JSON Schema (2020-12) that the OpenAPI document uses, and one more rule: a field that a schema with {@code properties} does
 * not define is a violation, unless the schema allows others. So a new field must be documented.
 */
final class JsonSchema {
    /** The service returns such objects unchanged, with any members. */
    private static final String UNCHECKED = "#/components/schemas/RTCIceCandidateInit";

    private final JsonNode document;

    JsonSchema(JsonNode document) {
        this.document = document;
    }

    JsonNode resolved(JsonNode node) {
        JsonNode reference = node.path("$ref");
        return reference.isTextual()
                ? resolved(document.at(reference.textValue().substring(1)))
                : node;
    }

    /** The violations of {@code schema} by {@code value}, each with its location. */
    List<String> violations(JsonNode schema, JsonNode value) {
        var violations = new ArrayList<String>();
        check(schema, value, "", violations);
        return violations;
    }

    private void check(JsonNode reference, JsonNode value, String at, List<String> violations) {
        JsonNode schema = resolved(reference);
        if (schema.isMissingNode()) {
            violations.add(at + ": no schema at " + reference);
            return;
        }
        if (reference.path("$ref").asText().equals(UNCHECKED)) {
            require(value.isObject(), at + ": " + value + " is not an object", violations);
            return;
        }
        if (schema.has("oneOf")) {
            long fitting = stream(schema.path("oneOf"))
                    .filter(one -> violations(one, value).isEmpty())
                    .count();
            require(fitting == 1, at + ": fits " + fitting + " of " + schema.path("oneOf"), violations);
            return;
        }
        if (!hasType(schema.path("type"), value)) {
            violations.add(at + ": " + value + " is not of type " + schema.path("type"));
            return;
        }
        if (schema.has("const")) {
            require(schema.path("const").equals(value), at + ": " + value + " is not the constant", violations);
        }
        if (schema.has("enum")) {
            require(
                    stream(schema.path("enum")).anyMatch(value::equals),
                    at + ": " + value + " is not in the enum",
                    violations);
        }
        if (value.isObject()) {
            checkObject(schema, value, at, violations);
        } else if (value.isArray()) {
            require(value.size() <= schema.path("maxItems").asInt(Integer.MAX_VALUE), at + ": too many", violations);
            for (int i = 0; schema.has("items") && i < value.size(); i++) {
                check(schema.path("items"), value.path(i), at + "/" + i, violations);
            }
        } else if (value.isTextual()) {
            checkText(schema, value.textValue(), at, violations);
        } else if (value.isNumber()) {
            long number = value.longValue();
            require(number >= schema.path("minimum").asLong(Long.MIN_VALUE), at + ": too small", violations);
            require(number <= schema.path("maximum").asLong(Long.MAX_VALUE), at + ": too large", violations);
        }
    }

    private void checkObject(JsonNode schema, JsonNode value, String at, List<String> violations) {
        for (JsonNode required : schema.path("required")) {
            require(value.has(required.textValue()), at + "/" + required.textValue() + " is missing", violations);
        }
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            JsonNode property = schema.path("properties").path(field.getKey());
            String where = at + "/" + field.getKey();
            if (!property.isMissingNode()) {
                check(property, field.getValue(), where, violations);
            } else {
                require(
                        schema.path("additionalProperties").asBoolean(!schema.has("properties")),
                        where + " is not defined",
                        violations);
            }
        }
    }

    private static void checkText(JsonNode schema, String text, String at, List<String> violations) {
        int chars = text.codePointCount(0, text.length());
        require(chars >= schema.path("minLength").asInt(0), at + ": too short", violations);
        require(chars <= schema.path("maxLength").asInt(Integer.MAX_VALUE), at + ": too long", violations);
        if (schema.has("pattern")) {
            Pattern pattern = Pattern.compile(schema.path("pattern").textValue());
            require(pattern.matcher(text).find(), at + ": " + text + " does not match " + pattern, violations);
        }
        if (schema.path("format").asText().equals("date-time")) {
            try {
                Instant.parse(text);
            } catch (DateTimeParseException e) {
                violations.add(at + ": " + text + " is not a time");
            }
        }
    }

    /** A type, or a list of alternatives. */
    private static boolean hasType(JsonNode type, JsonNode value) {
        if (type.isMissingNode()) {
            return true;
        }
        if (type.isArray()) {
            return stream(type).anyMatch(one -> hasType(one, value));
        }
        return switch (type.textValue()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> isInteger(value);
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            default -> throw new IllegalArgumentException("The document uses the type " + type + "; check it here");
        };
    }

    /** 1.0 is an integer (JSON Schema 2020-12 validation, section 6.1.1). */
    private static boolean isInteger(JsonNode value) {
        return value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static void require(boolean condition, String violation, List<String> violations) {
        if (!condition) {
            violations.add(violation);
        }
    }
}
