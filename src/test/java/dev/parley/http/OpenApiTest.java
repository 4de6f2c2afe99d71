package dev.parley.http;

import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.contract.SqliteProfile;
import dev.parley.http.OpenApiDocument.Operation;
import io.quarkus.arc.Arc;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.enterprise.inject.Any;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The OpenAPI document: it contains every call and no other, its examples work, and it describes everything. Each {@link TestClient}
 * checks each reply against it.
 */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class OpenApiTest {
    private static final String CODE_IN_EXAMPLES = "chess-alice-1";

    private final OpenApiDocument document = OpenApiDocument.served();

    @Test
    void theDocumentNamesTheServiceItsVersionAndItsLicence() {
        JsonNode info = document.root().path("info");

        assertThat(document.root().path("openapi").textValue()).startsWith("3.1");
        assertThat(info.path("title").textValue()).isEqualTo("Parley");
        assertThat(info.path("version").textValue())
                .isEqualTo(ConfigProvider.getConfig().getValue("quarkus.application.version", String.class));
        assertThat(info.at("/license/name").textValue()).isEqualTo("Apache-2.0");
        assertThat(info.path("description").textValue()).contains("a namespace groups sessions and protects nothing");
    }

    @Test
    void everyCallAndNoOtherIsInTheDocument() {
        var served = new TreeSet<String>();
        for (var bean : Arc.container().beanManager().getBeans(Object.class, Any.Literal.INSTANCE)) {
            Path root = bean.getBeanClass().getAnnotation(Path.class);
            if (root != null && bean.getBeanClass().getPackageName().startsWith("dev.parley")) {
                for (Method method : bean.getBeanClass().getDeclaredMethods()) {
                    httpMethods(method).forEach(verb -> served.add(verb + " " + path(root, method)));
                }
            }
        }
        assertThat(served).hasSizeGreaterThan(10);
        assertThat(document.operations().stream().map(Operation::toString)).containsExactlyInAnyOrderElementsOf(served);
    }

    @Test
    void everyCallIsDescribed() {
        List<String> tags = texts(document.root().path("tags"), "name");
        for (Operation operation : document.operations()) {
            assertThat(operation.id()).as(operation.toString()).isNotBlank();
            assertThat(operation.node().path("summary").asText())
                    .as(operation.toString())
                    .isNotBlank();
            assertThat(operation.node().path("tags")).as(operation.toString()).hasSize(1);
            assertThat(tags).contains(operation.node().at("/tags/0").textValue());
        }
        assertThat(document.operations().stream().map(Operation::id)).doesNotHaveDuplicates();
    }

    @Test
    void everyParameterIsDescribed() {
        for (Operation operation : document.operations()) {
            var inPath = new ArrayList<String>();
            for (JsonNode reference : operation.parameters()) {
                JsonNode parameter = document.resolved(reference);
                assertThat(parameter.path("description").asText())
                        .as("%s %s", operation, reference)
                        .isNotBlank();
                if (parameter.path("in").textValue().equals("path")) {
                    inPath.add("{" + parameter.path("name").textValue() + "}");
                }
            }
            assertThat(Pattern.compile("\\{.*?}")
                            .matcher(operation.path())
                            .results()
                            .map(MatchResult::group))
                    .as(operation.toString())
                    .containsExactlyElementsOf(inPath);
        }
    }

    @Test
    void everyRefusalHasTheFormOfItsApi() {
        for (Operation operation : document.operations()) {
            boolean problems = operation.path().matches("/(api/v1|whip|whep)/.*");
            String type = problems ? "application/problem+json" : "application/json";
            String schema = problems ? "Problem" : "RondevuError";
            for (Map.Entry<String, JsonNode> entry :
                    operation.node().path("responses").properties()) {
                JsonNode response = document.resolved(entry.getValue());
                assertThat(response.path("description").asText()).isNotBlank();
                if (!entry.getKey().startsWith("2") && !entry.getKey().equals("304")) {
                    assertThat(response.path("content")
                                    .path(type)
                                    .at("/schema/$ref")
                                    .asText())
                            .as("%s %s", operation, entry.getKey())
                            .endsWith("/" + schema);
                }
            }
            JsonNode responses = operation.node().path("responses");
            assertThat(responses.has("default")).as(operation.toString()).isTrue();
            assertThat(document.resolved(responses.path("503")).path("headers").has("Retry-After"))
                    .as(operation.toString())
                    .isTrue();
        }
    }

    @Test
    void everySuccessHasTheHeadersOfEveryReply() {
        for (Operation operation : document.operations()) {
            for (Map.Entry<String, JsonNode> entry :
                    operation.node().path("responses").properties()) {
                if (entry.getKey().startsWith("2")) {
                    assertThat(entry.getValue().path("headers").properties().stream()
                                    .map(Map.Entry::getKey))
                            .contains("x-d1-bookmark", "x-served-by", "x-served-by-primary", "x-served-by-region")
                            .contains("x-bookmark-status", "Cache-Control");
                }
            }
        }
    }

    @Test
    void everyReferenceIsDefined() {
        walk(document.root(), node -> {
            if (node.path("$ref").isTextual()) {
                assertThat(document.resolved(node).isMissingNode())
                        .as(node.toString())
                        .isFalse();
            }
        });
    }

    @Test
    void everyExampleMatchesItsSchema() {
        var examples = new ArrayList<String>();
        walk(document.root(), node -> {
            JsonNode schema = node.path("schema");
            for (JsonNode reference : schema.isMissingNode() ? schema : node.path("examples")) {
                JsonNode example = document.resolved(reference).path("value");
                examples.add(example.toString());
                assertThat(document.schemas().violations(schema, example))
                        .as(example.toString())
                        .isEmpty();
            }
            if (node.has("in") && node.has("example")) {
                assertThat(document.schemas().violations(schema, node.path("example")))
                        .as(node.toString())
                        .isEmpty();
            }
        });
        assertThat(examples).hasSizeGreaterThan(50);
    }

    @Test
    void everyBodyHasAnExample() {
        walk(document.root(), node -> {
            for (JsonNode media : node.path("content")) {
                assertThat(media.path("examples")).as(node.toString()).isNotEmpty();
            }
        });
    }

    /** Client generators invent names for unnamed ones. */
    @Test
    void everyObjectAndEveryChoiceInABodyHasAName() {
        walk(document.root(), node -> {
            for (JsonNode media : node.path("content")) {
                assertNamed(media.path("schema"));
            }
            node.path("properties").forEach(OpenApiTest::assertNamed);
            assertNamed(node.path("items"));
        });
    }

    private static void assertNamed(JsonNode schema) {
        assertThat(schema.has("properties") || schema.has("oneOf") || schema.has("anyOf") || schema.has("allOf"))
                .as("%s needs a name in components/schemas", schema)
                .isFalse();
    }

    /** openapi-typescript makes fields with a default required. */
    @Test
    void noFieldHasADefault() {
        walk(document.root(), node -> {
            for (JsonNode property : node.path("properties")) {
                assertThat(property.has("default")).as(property.toString()).isFalse();
            }
        });
    }

    /** openapi-generator takes the type of a reply from its first media type. */
    @Test
    void jsonIsTheFirstMediaTypeOfABody() {
        walk(document.root(), node -> {
            for (Map.Entry<String, JsonNode> media : node.path("content").properties()) {
                assertThat(media.getKey()).as(node.toString()).matches(".*json|application/(trickle-ice-sdpfrag|sdp)");
                break;
            }
        });
    }

    /** Every call with each of its example bodies. */
    static Stream<Arguments> calls() {
        OpenApiDocument document = OpenApiDocument.served();
        // WhipTest has the calls that need a peer, or the URL of a session.
        Stream<Operation> operations = document.operations().stream()
                .filter(operation -> !operation.path().matches("/wh[ie]p/.*"));
        return operations.flatMap(operation -> {
            JsonNode examples = operation.node().at("/requestBody/content/application~1json/examples");
            return examples.isMissingNode()
                    ? Stream.of(Arguments.of(operation, "", ""))
                    : examples.properties().stream()
                            .map(example -> Arguments.of(
                                    operation,
                                    example.getKey(),
                                    example.getValue().path("value").toString()));
        });
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("calls")
    void everyExampleOfACallWorks(Operation operation, String name, String body) {
        TestClient client = TestClient.ofNewOrigin();
        String token = HttpSession.newToken();
        String tag = "";
        if (!operation.id().matches("openSession|rondevuOffer")) {
            tag = client.post("/api/v1/sessions")
                    .token(token)
                    .json(object("offer", "x", "code", CODE_IN_EXAMPLES))
                    .is(201)
                    .header("ETag");
        }
        String path = operation.path().replace("{code}", CODE_IN_EXAMPLES);
        var query = new ArrayList<String>();
        for (JsonNode reference : operation.parameters()) {
            JsonNode parameter = document.resolved(reference);
            String example = parameter.path("example").asText();
            if (!example.isEmpty()) {
                path = path.replace("{" + parameter.path("name").textValue() + "}", example);
                if (parameter.path("in").textValue().equals("query")) {
                    query.add(parameter.path("name").textValue() + "=" + example);
                }
            }
        }
        TestClient.Call call = client.call(operation.method(), path + "?" + String.join("&", query));
        for (JsonNode reference : operation.parameters()) {
            JsonNode parameter = document.resolved(reference);
            if (parameter.path("in").textValue().equals("header")
                    && parameter.path("required").booleanValue()) {
                String header = parameter.path("name").textValue();
                call.header(
                        header,
                        switch (header) {
                            case "Session-Token" -> token;
                            case "If-Match" -> tag;
                            default -> parameter.path("example").textValue();
                        });
            }
        }
        HttpReply reply = body.isEmpty()
                ? call.send()
                : call.header("Content-Type", "application/json").send(BodyPublishers.ofString(body));

        int firstSuccess = operation.node().path("responses").properties().stream()
                .map(Map.Entry::getKey)
                .filter(status -> status.startsWith("2"))
                .mapToInt(Integer::parseInt)
                .max()
                .orElseThrow();
        reply.is(firstSuccess);
    }

    @Test
    void theDocumentIsServedAsYamlAndShownInABrowser() {
        TestClient browser = TestClient.withoutOrigin();

        assertThat(browser.get("/q/openapi").send().is(200).text()).contains("openapi: 3.1");
        assertThat(browser.get("/q/swagger-ui/").send().is(200).mediaType()).isEqualTo("text/html");
    }

    private static List<String> httpMethods(Method method) {
        return Stream.of(method.getAnnotations())
                .map(Annotation::annotationType)
                .map(type -> type.getAnnotation(HttpMethod.class))
                .filter(verb -> verb != null)
                .map(HttpMethod::value)
                .filter(verb -> !verb.equals(HttpMethod.OPTIONS))
                .toList();
    }

    private static String path(Path root, Method method) {
        Path own = method.getAnnotation(Path.class);
        String path = root.value() + (own == null ? "" : "/" + own.value());
        String clean = path.replaceAll("/+", "/").replaceAll("\\{(\\w+):.*?}", "{$1}");
        return clean.length() > 1 && clean.endsWith("/") ? clean.substring(0, clean.length() - 1) : clean;
    }

    private static List<String> texts(JsonNode array, String field) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(node -> node.path(field).textValue())
                .sorted(Comparator.naturalOrder())
                .toList();
    }

    private static void walk(JsonNode node, Consumer<JsonNode> visitor) {
        visitor.accept(node);
        node.forEach(child -> walk(child, visitor));
    }
}
