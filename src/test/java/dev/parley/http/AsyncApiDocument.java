package dev.parley.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The AsyncAPI document of the running service, and the check of a message against it. */
public final class AsyncApiDocument {
    private static @Nullable AsyncApiDocument served;

    private final JsonNode root;
    private final JsonSchema schemas;

    private AsyncApiDocument(JsonNode root) {
        this.root = root;
        this.schemas = new JsonSchema(root);
    }

    /** The document with the schemas of the OpenAPI document that it refers to; it is read once. */
    public static synchronized AsyncApiDocument served() {
        if (served == null) {
            try {
                JsonNode own = read("/q/asyncapi?format=json");
                JsonNode merged = HttpReply.MAPPER.readTree(own.toString().replace("/q/openapi#", "#"));
                JsonNode others = read("/q/openapi?format=json").at("/components/schemas");
                ObjectNode schemas = (ObjectNode) merged.at("/components/schemas");
                others.properties().forEach(schema -> schemas.set(schema.getKey(), schema.getValue()));
                served = new AsyncApiDocument(merged);
            } catch (IOException e) {
                throw new AssertionError("The service has no AsyncAPI document", e);
            }
        }
        return served;
    }

    private static JsonNode read(String path) throws IOException {
        URI uri = TestClient.service().resolve(path);
        try (InputStream json = uri.toURL().openStream()) {
            return HttpReply.MAPPER.readTree(json);
        }
    }

    public JsonNode root() {
        return root;
    }

    /** Checks the reply to a request of the operation {@code op}. */
    void verifyReply(String op, JsonNode reply) {
        boolean refused = reply.path("status").intValue() >= 400;
        JsonNode messages = root.at("/operations").path(op).at("/reply/messages");
        assertThat(messages.size()).as(op).isEqualTo(2);
        verify(schemas.resolved(messages.path(refused ? 1 : 0)), reply);
    }

    /** Checks a message that is no reply. */
    void verifyPushed(JsonNode message) {
        String operation = message.has("events") ? "pushEvents" : message.has("topic") ? "pushTopic" : "endWatch";
        verify(schemas.resolved(root.at("/operations").path(operation).at("/messages/0")), message);
    }

    private void verify(JsonNode message, JsonNode value) {
        assertThat(schemas.violations(message.path("payload"), value))
                .as(value.toString())
                .isEmpty();
    }
}
