package dev.parley.campaigns.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.http.OpenApiDocument;
import dev.parley.http.OpenApiDocument.Operation;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Requests that follow the OpenAPI document, with occasional violations: most of a request is valid, so that the invalid part gets far
 * into the service.
 */
final class RequestGenerator {
    /** Few, so that requests use the same sessions. */
    private static final int CODES = 40;

    private static final int TOKENS = 3;

    private static final List<String> OTHER_METHODS =
            List.of("HEAD", "OPTIONS", "TRACE", "PROPFIND", "get", "DELETE", "PUT", "PATCH", "POST", "X-Y");

    private static final List<String> CONTENT_TYPES = texts(
            "application/json; charset=utf-8|application/json;charset=utf-16|text/plain|application/xml|json|*/*|"
                    + "application/json;;;|multipart/form-data; boundary=x|application/x-www-form-urlencoded",
            "");

    private static final List<String> OTHER_HEADERS =
            texts("Accept: application/json|Accept: text/html|Accept: ;q=|Accept: */*;q=0|Accept: application/xml|"
                    + "Accept-Encoding: gzip|Origin: null|Origin: https://a.example|Origin: |Sec-Fetch-Site: same-origin|"
                    + "Referer: http://[|Range: bytes=0-1|If-Modified-Since: yesterday|If-None-Match: *|If-Match: W/\"1\"|"
                    + "Prefer: wait=0|Prefer: wait=-1|Prefer: wait=x, respond-async; a=\"b|Prefer: foo=\"a, wait=1\"|"
                    + "Content-Encoding: gzip|Content-Encoding: identity|Host: b.example|X-Forwarded-For: 1.2.3.4|"
                    + "Forwarded: for=\"[|Cookie: a=b|Expect: 200-maybe|X-HTTP-Method-Override: DELETE|Last-Event-ID: 1e3|"
                    + "x-d1-bookmark: first-primary|x-d1-bookmark: first-unconstrained|Authorization: Bearer x|"
                    + "Access-Control-Request-Method: PUT");

    /** Texts that are difficult for parsers. */
    private static final List<String> NASTY = texts(
            "\0|null|NaN|-1|0|1|01|+1|1.0|1e400|2147483648|9223372036854775808|0x10|١|%|%zz|%00|.|..|../../etc/passwd|"
                    + "a/b|//|a?b|a#b|a;b=c|<b>|'; DROP TABLE x--|ä|😀|\u202e|\ufeff|\ufffe|\"|\\|{|[]|*|W/\"1\"|\"1\"|"
                    + "\"18446744073709551616\"",
            "", " ", "\t", "x".repeat(129), "x".repeat(1_025), "ß".repeat(1_024), "x".repeat(5_000));

    /** The parts of {@code joined}, which are separated by vertical bars, and further texts. */
    private static List<String> texts(String joined, String... more) {
        return Stream.concat(Stream.of(joined.split("\\|", -1)), Stream.of(more))
                .toList();
    }

    private final OpenApiDocument document;
    private final Random random;
    private final List<Operation> operations;

    RequestGenerator(OpenApiDocument document, Random random) {
        this.document = document;
        this.random = random;
        this.operations = document.operations();
    }

    /**
     * @param memory values of earlier replies
     */
    Request next(ReturnedValues memory) {
        Operation operation = pick(operations);
        var path = new StringBuilder(operation.path());
        var query = new StringBuilder();
        var headers = new StringBuilder();
        for (JsonNode reference : operation.parameters()) {
            JsonNode parameter = document.resolved(reference);
            String name = parameter.path("name").textValue();
            switch (parameter.path("in").textValue()) {
                case "path" -> replace(path, "{" + name + "}", percentEncoded(value(name, parameter, memory)));
                case "query" -> {
                    for (int times = oneIn(20) ? 2 : random.nextInt(2); times > 0; times--) {
                        query.append(query.isEmpty() ? '?' : '&').append(name);
                        query.append(oneIn(20) ? "" : "=" + percentEncoded(value(name, parameter, memory)));
                    }
                }
                default -> {
                    for (int times = oneIn(30) ? 2 : random.nextInt(4) > 0 ? 1 : 0; times > 0; times--) {
                        headers.append(name)
                                .append(": ")
                                .append(bytes(value(name, parameter, memory)))
                                .append("\r\n");
                    }
                }
            }
        }
        if (oneIn(20)) {
            query.append(query.isEmpty() ? '?' : '&').append(percentEncoded(pick(NASTY)));
        }
        while (oneIn(4)) {
            headers.append(pick(OTHER_HEADERS)).append("\r\n");
        }
        String method = oneIn(30) ? pick(OTHER_METHODS) : operation.method();
        return new Request(
                method, path.append(query).toString(), headers.toString(), body(operation), contentType(operation));
    }

    private String contentType(Operation operation) {
        JsonNode content = operation.node().at("/requestBody/content");
        return oneIn(25)
                ? pick(CONTENT_TYPES)
                : content.isMissingNode() ? "" : content.fieldNames().next();
    }

    private String body(Operation operation) {
        JsonNode schema = operation
                .node()
                .at("/requestBody/content")
                .path("application/json")
                .path("schema");
        for (JsonNode sdp : operation.node().at("/requestBody/content").findValues("value")) {
            if (schema.isMissingNode()) {
                return oneIn(4) ? damaged(sdp.textValue()) : sdp.textValue();
            }
        }
        if (schema.isMissingNode()) {
            return oneIn(30) ? "{}" : "";
        }
        var json = new StringBuilder();
        write(schema, "", 0, json);
        String body = bytes(json.toString());
        return oneIn(8) ? damaged(body) : body;
    }

    /** A value of a parameter, sometimes an invalid one. */
    private String value(String name, JsonNode parameter, ReturnedValues memory) {
        if (oneIn(12)) {
            return pick(NASTY);
        }
        return switch (name) {
            case "code" -> code();
            case "session" -> pick(List.of("Z".repeat(32), "-".repeat(32), "x"));
            case "Session-Token" -> token();
            case "x-d1-bookmark" -> oneIn(10) ? damaged(memory.bookmark()) : memory.bookmark();
            case "cursor" -> oneIn(10) ? damaged(memory.cursor()) : memory.cursor();
            // Mostly one, because sessions are visible in their own namespace only.
            case "Parley-Namespace" -> oneIn(20) ? topic() : "peers";
            case "If-Match", "If-None-Match" -> oneIn(10) ? damaged(memory.tags()) : memory.tags();
            case "Prefer" -> "wait=" + pick(oneIn(200) ? List.of("1", "01") : List.of("0", "00", "x", "1.5", "-0"));
            case "topic", "prefix", "tag" -> topic();
            default -> {
                JsonNode schema = document.resolved(parameter.path("schema"));
                boolean number = schema.path("type").asText().equals("integer");
                yield number ? Integer.toString(random.nextInt(12) - 1) : topic();
            }
        };
    }

    private String code() {
        return "code-" + random.nextInt(CODES);
    }

    private String token() {
        return "the-own-secret-of-peer-" + random.nextInt(TOKENS);
    }

    private String topic() {
        return pick(List.of("chess", "go", "ch", "/", "answer", "topics", "v1", "api", "q", "tea time", "é"));
    }

    /** Writes JSON that mostly conforms to {@code schema}. */
    private void write(JsonNode reference, String name, int depth, StringBuilder json) {
        if (oneIn(40)) {
            writeAnything(depth, json);
            return;
        }
        JsonNode schema = document.resolved(reference);
        if (schema.has("oneOf")) {
            write(schema.path("oneOf").path(random.nextInt(schema.path("oneOf").size())), name, depth, json);
            return;
        }
        if (schema.has("enum")) {
            json.append(
                    schema.path("enum").path(random.nextInt(schema.path("enum").size())));
            return;
        }
        JsonNode types = schema.path("type");
        String type = types.isArray() ? types.path(random.nextInt(types.size())).asText() : types.asText();
        switch (type) {
            case "object" -> writeObject(schema, depth, json);
            case "array" -> {
                json.append('[');
                for (int i = random.nextInt(4); i > 0; i--) {
                    write(schema.path("items"), name, depth + 1, json);
                    json.append(i > 1 ? "," : "");
                }
                json.append(']');
            }
            case "integer" ->
                json.append(pick(List.of("0", "1", "2", "10", "300", "86400", "86401", "-1", "1.0", "1e2")));
            case "boolean" -> json.append(random.nextBoolean());
            case "null" -> json.append("null");
            default -> writeText(text(name), json);
        }
    }

    private String text(String name) {
        if (oneIn(20)) {
            return pick(NASTY);
        }
        return switch (name) {
            case "code" -> code();
            case "session" -> pick(List.of("Z".repeat(32), "-".repeat(32), "x"));
            case "offer", "answer" ->
                "v=0\r\n" + "a=x\r\n".repeat(oneIn(50) ? 14_000 : random.nextInt(5)) + random.nextInt(4);
            case "candidate", "candidates" -> "candidate:" + random.nextInt(500);
            default -> topic();
        };
    }

    private void writeObject(JsonNode schema, int depth, StringBuilder json) {
        List<String> required = StreamSupport.stream(schema.path("required").spliterator(), false)
                .map(JsonNode::textValue)
                .toList();
        json.append('{');
        String comma = "";
        for (var property : schema.path("properties").properties()) {
            boolean there = required.contains(property.getKey()) ? !oneIn(30) : random.nextInt(5) < 2;
            for (int times = there ? oneIn(100) ? 2 : 1 : 0; times > 0; times--) {
                json.append(comma);
                writeText(property.getKey(), json);
                json.append(':');
                write(property.getValue(), property.getKey(), depth + 1, json);
                comma = ",";
            }
        }
        if (oneIn(60)) {
            json.append(comma);
            writeText(pick(NASTY), json);
            json.append(':');
            writeAnything(depth, json);
        }
        json.append('}');
    }

    private void writeAnything(int depth, StringBuilder json) {
        switch (random.nextInt(9)) {
            case 0 -> json.append(pick(List.of("1e999", "-0", "0.1e-400", "00", "NaN", "1".repeat(400), "0x1", "-")));
            case 1 -> json.append("[".repeat(40)).append("]".repeat(40));
            case 2 -> json.append("{\"a\":".repeat(17)).append("1").append("}".repeat(17));
            case 3 -> json.append("\"\\ud800\"");
            case 4 -> json.append("\"\\u0000\\/\\b\"");
            case 5 -> json.append("null");
            case 6 -> json.append(random.nextBoolean());
            case 7 -> writeText(pick(NASTY), json);
            default -> {
                if (depth < 6) {
                    json.append('[');
                    writeAnything(depth + 1, json);
                    json.append(']');
                }
            }
        }
    }

    private static void writeText(String text, StringBuilder json) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                json.append("\\u%04x".formatted((int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    /** Some bytes changed, removed, doubled or inserted. */
    private String damaged(String bytes) {
        var damaged = new StringBuilder(bytes);
        do {
            int at = random.nextInt(damaged.length() + 1);
            int end = Math.min(damaged.length(), at + random.nextInt(8));
            switch (random.nextInt(4)) {
                case 0 -> damaged.insert(at, (char) random.nextInt(256));
                case 1 -> damaged.delete(at, end);
                case 2 -> damaged.insert(at, damaged.substring(at, end));
                default -> damaged.setLength(at);
            }
        } while (oneIn(2));
        return damaged.toString();
    }

    private String percentEncoded(String text) {
        if (oneIn(200)) {
            return "%" + text.replaceAll("[^a-zA-Z0-9]", ""); // an invalid escape
        }
        var encoded = new StringBuilder();
        for (byte b : text.getBytes(UTF_8)) {
            boolean plain =
                    (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '-' || b == '.';
            encoded.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b));
        }
        return encoded.toString();
    }

    private static String bytes(String text) {
        return new String(text.getBytes(UTF_8), ISO_8859_1);
    }

    private static void replace(StringBuilder text, String part, String other) {
        int at = text.indexOf(part);
        text.replace(at, at + part.length(), other);
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
