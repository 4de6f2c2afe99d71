package dev.parley.http.channel;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.http.channel.Operation.Field;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * The AsyncAPI document of the channel. What both documents describe is a reference to the OpenAPI document; what follows from {@link
 * Operation} is generated.
 */
@Singleton
final class AsyncApi {
    private static final String OPEN_API = "/q/openapi#/components/schemas/";

    /** The parts that do not depend on the operations: the messages that the service sends by itself, and what replies share. */
    private static final String STATIC_PARTS = "/META-INF/asyncapi.json";

    private final byte[] document;

    AsyncApi(ObjectMapper json, @ConfigProperty(name = "quarkus.application.version") String version) {
        try (InputStream parts = AsyncApi.class.getResourceAsStream(STATIC_PARTS)) {
            var root = (ObjectNode) json.readTree(parts);
            root.withObject("/info").put("version", version);
            for (Operation operation : Operation.values()) {
                add(root, operation);
            }
            this.document = json.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As JSON. */
    byte[] document() {
        return document;
    }

    private static void add(ObjectNode root, Operation operation) {
        String name = nameOf(operation);
        ObjectNode request = root.withObject("/components/schemas").putObject(name);
        request.put("type", "object").put("description", operation.description());
        request.putArray("required").add("id").add("op");
        ObjectNode properties = request.putObject("properties");
        properties.putObject("id").put("$ref", "#/components/schemas/Id");
        properties.putObject("op").put("const", operation.word());
        for (Field field : Field.values()) {
            if (operation.has(field)) {
                describe(properties.putObject(field.json()), field, operation.body());
            }
        }
        ObjectNode reply = root.withObject("/components/schemas").putObject(name + "Reply");
        reply.put("type", "object").put("description", "The reply to " + operation.word() + ".");
        reply.putArray("required").add("id").add("status");
        ObjectNode replied = reply.putObject("properties");
        replied.putObject("id").put("$ref", "#/components/schemas/Id");
        replied.putObject("status").put("type", "integer").put("minimum", 200).put("maximum", 299);
        if (!operation.replies().isEmpty()) {
            ObjectNode body = replied.putObject("body");
            if (operation.replies().size() == 1) {
                body.put("$ref", OPEN_API + operation.replies().get(0));
            } else {
                var either = body.putArray("oneOf");
                operation.replies().forEach(schema -> either.addObject().put("$ref", OPEN_API + schema));
            }
        }
        replied.putObject("etag").put("type", "string").put("description", "As in the header; send it as ifMatch.");
        replied.putObject("bookmark").put("$ref", "#/components/schemas/Bookmark");
        replied.putObject("bookmarkStatus").put("const", "reset");
        addMessage(root, name);
        addMessage(root, name + "Reply");
        ObjectNode receive = root.withObject("/operations").putObject(operation.word());
        receive.put("action", "receive");
        receive.putObject("channel").put("$ref", "#/channels/channel");
        receive.putArray("messages").add(reference("#/channels/channel/messages/" + name, root));
        ObjectNode expected = receive.putObject("reply");
        expected.putObject("channel").put("$ref", "#/channels/channel");
        expected.putArray("messages")
                .add(reference("#/channels/channel/messages/" + name + "Reply", root))
                .add(reference("#/channels/channel/messages/Refused", root));
    }

    private static String nameOf(Operation operation) {
        var name = new StringBuilder();
        for (String word : operation.word().split("-")) {
            name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
        }
        return name + "Request";
    }

    private static void describe(ObjectNode property, Field field, @Nullable Class<?> body) {
        if (field == Field.BODY && body != null) {
            property.put("$ref", OPEN_API + body.getSimpleName());
        } else {
            boolean number = field == Field.AFTER || field == Field.LIMIT || field == Field.LEASE;
            property.put("type", number ? "integer" : "string").put("description", field.description());
        }
    }

    private static void addMessage(ObjectNode root, String schema) {
        ObjectNode message = root.withObject("/components/messages").putObject(schema);
        message.put("name", schema);
        message.putObject("payload").put("$ref", "#/components/schemas/" + schema);
        root.withObject("/channels/channel/messages").putObject(schema).put("$ref", "#/components/messages/" + schema);
    }

    private static ObjectNode reference(String pointer, ObjectNode root) {
        return root.objectNode().put("$ref", pointer);
    }
}
