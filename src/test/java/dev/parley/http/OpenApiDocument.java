package dev.parley.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The OpenAPI document of the running service, and the check of a reply against it. */
public final class OpenApiDocument {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

    private static @Nullable OpenApiDocument served;

    private final JsonNode root;
    private final JsonSchema schemas;
    private final List<Operation> operations;

    private OpenApiDocument(JsonNode root) {
        this.root = root;
        this.schemas = new JsonSchema(root);
        this.operations = operationsOf(root);
    }

    /** The document, which is read once. */
    public static synchronized OpenApiDocument served() {
        if (served == null) {
            try (InputStream json = TestClient.service()
                    .resolve("/q/openapi?format=json")
                    .toURL()
                    .openStream()) {
                served = new OpenApiDocument(HttpReply.MAPPER.readTree(json));
            } catch (IOException e) {
                throw new AssertionError("The service has no OpenAPI document", e);
            }
        }
        return served;
    }

    JsonNode root() {
        return root;
    }

    JsonSchema schemas() {
        return schemas;
    }

    /** The node, or the one that it refers to. */
    public JsonNode resolved(JsonNode node) {
        return schemas.resolved(node);
    }

    public List<Operation> operations() {
        return operations;
    }

    private static List<Operation> operationsOf(JsonNode root) {
        var operations = new ArrayList<Operation>();
        for (Map.Entry<String, JsonNode> path : root.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                if (METHODS.contains(method.getKey())) {
                    operations.add(new Operation(
                            method.getKey().toUpperCase(Locale.ROOT),
                            path.getKey(),
                            path.getValue(),
                            method.getValue(),
                            Pattern.compile(path.getKey().replaceAll("\\{[a-z]+}", "[^/]+"))));
                }
            }
        }
        return List.copyOf(operations);
    }

    /** Checks the status, headers, media type and body of a reply against the document. */
    public void verify(String method, String pathAndQuery, HttpReply reply) {
        Operation operation = operation(method, pathAndQuery).orElse(null);
        if (operation == null) {
            return;
        }
        String what = method + " " + pathAndQuery + " gave " + reply.status();
        JsonNode response = resolved(operation.node().path("responses").path(Integer.toString(reply.status())));
        assertThat(response.isMissingNode())
                .as("%s, which is not in the document; the reply was %s", what, reply.text())
                .isFalse();
        verifyHeaders(what, response, reply);
        JsonNode content = response.path("content");
        if (content.isMissingNode() || method.equals("HEAD")) {
            assertThat(reply.body()).as(what).isEmpty();
        } else {
            assertThat(content.has(reply.mediaType()))
                    .as("%s as %s", what, reply.mediaType())
                    .isTrue();
            JsonNode body = reply.mediaType().equals("application/sdp") ? TextNode.valueOf(reply.text()) : reply.json();
            assertThat(schemas.violations(content.path(reply.mediaType()).path("schema"), body))
                    .as("%s: %s", what, reply.text())
                    .isEmpty();
        }
    }

    private void verifyHeaders(String what, JsonNode response, HttpReply reply) {
        for (Map.Entry<String, JsonNode> entry : response.path("headers").properties()) {
            JsonNode header = resolved(entry.getValue());
            String value = reply.headers().firstValue(entry.getKey()).orElse(null);
            if (value == null) {
                assertThat(header.path("required").booleanValue())
                        .as("%s without %s", what, entry.getKey())
                        .isFalse();
            } else if (header.path("schema").path("type").textValue().equals("string")) {
                assertThat(schemas.violations(header.path("schema"), TextNode.valueOf(value)))
                        .as("%s with %s: %s", what, entry.getKey(), value)
                        .isEmpty();
            }
        }
    }

    private Optional<Operation> operation(String method, String pathAndQuery) {
        String asked = method.equals("HEAD") ? "GET" : method;
        String path = pathAndQuery.replaceFirst("\\?.*", "");
        return operations().stream()
                .filter(operation -> operation.method().equals(asked))
                .filter(operation -> operation.pattern().matcher(path).matches())
                .max(Comparator.comparingInt(operation ->
                        operation.path().replaceAll("\\{[a-z]+}", "").length()));
    }

    /** One call of the API. */
    public record Operation(String method, String path, JsonNode pathNode, JsonNode node, Pattern pattern) {
        String id() {
            return node.path("operationId").textValue();
        }

        /** The parameters of the operation and of its path, as references. */
        public List<JsonNode> parameters() {
            var parameters = new ArrayList<JsonNode>();
            pathNode.path("parameters").forEach(parameters::add);
            node.path("parameters").forEach(parameters::add);
            return parameters;
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }
}
