package dev.parley.http.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.contract.SqliteProfile;
import dev.parley.http.AsyncApiDocument;
import dev.parley.http.HttpReply;
import dev.parley.http.TestClient;
import dev.parley.http.channel.Operation.Field;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

/** The AsyncAPI document: it has each operation, its references lead somewhere. Each channel of a test is checked against it. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class AsyncApiTest {
    private final JsonNode root = AsyncApiDocument.served().root();

    @Test
    void itIsServedAsJson() {
        HttpReply json = TestClient.withoutOrigin().get("/q/asyncapi").send().is(200);

        assertThat(json.mediaType()).isEqualTo("application/json");
        assertThat(json.textAt("/asyncapi")).isEqualTo("3.0.0");
        assertThat(json.textAt("/info/version"))
                .isEqualTo(ConfigProvider.getConfig().getValue("quarkus.application.version", String.class));
        assertThat(json.textAt("/channels/channel/address")).isEqualTo("/api/v1/channel");
    }

    @Test
    void itHasEveryOperationWithItsFields() {
        for (Operation operation : Operation.values()) {
            JsonNode described = root.at("/operations").path(operation.word());
            JsonNode message = root.at(pointer(root.at(pointer(described.at("/messages/0")))));
            JsonNode request = root.at(pointer(message));
            assertThat(request.isMissingNode()).as(operation.word()).isFalse();
            assertThat(names(request.path("properties")))
                    .as(operation.word())
                    .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                    Stream.of("id", "op"),
                                    Arrays.stream(Field.values())
                                            .filter(operation::has)
                                            .map(Field::json))
                            .toList());
        }
        assertThat(root.at("/operations").size()).isEqualTo(Operation.values().length + 3);
    }

    /** The reference of a node, or of its payload, without the sign in front. */
    private static String pointer(JsonNode node) {
        JsonNode reference = node.has("payload") ? node.at("/payload/$ref") : node.path("$ref");
        return reference.asText().replaceFirst("^#", "");
    }

    private static Set<String> names(JsonNode object) {
        var names = new TreeSet<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        var dead = new ArrayList<String>();
        root.findValues("$ref").forEach(reference -> {
            if (root.at(reference.textValue().substring(1)).isMissingNode()) {
                dead.add(reference.textValue());
            }
        });
        assertThat(dead).isEmpty();
    }
}
