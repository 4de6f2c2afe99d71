package dev.parley.http.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.http.ErrorReply;
import dev.parley.http.Views;
import dev.parley.http.rondevu.RondevuBodies;
import dev.parley.session.Listing;
import dev.parley.session.SignalingException;
import dev.parley.session.TopicPage.TopicCount;
import dev.parley.session.Trickle.Trickled;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import jakarta.ws.rs.core.Response;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem.HttpMethod;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;
import org.jspecify.annotations.Nullable;

/**
 * Adds what follows from a rule to the document: the headers of every reply, the parameters of every call, the refusals, and which
 * fields are required or may be null.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class OpenApiCompletion implements OASFilter {
    private static final String NATIVE = "/api/v1/";
    private static final String RONDEVU = "/";
    private static final String PROBLEM = "application/problem+json";

    private static final Duration SECOND = Duration.ofSeconds(1);

    /** One instance of each refusal, as the example of its response. */
    static final List<SignalingException> REFUSALS = List.of(
            new SignalingException.Malformed("Unknown field \"ofer\"."),
            new SignalingException.TokenMissing(),
            new SignalingException.TokenRefused("Session-Token is not either side's token of this session."),
            new SignalingException.SessionNotFound(),
            new SignalingException.CodeTaken(),
            new SignalingException.AlreadyAnswered(1),
            new SignalingException.OtherGeneration(2),
            new SignalingException.SessionChanged(),
            new SignalingException.BodyTooLarge(262_144),
            new SignalingException.OutOfBounds("ttl", "ttl must be from 10 to 86400 seconds."),
            new SignalingException.PreconditionMissing(),
            new SignalingException.TooManyRequests("address", 600, SECOND),
            new SignalingException.TooManyGuesses(SECOND),
            new SignalingException.TooManyWaits("This session has the maximum of 32 waiting requests.", SECOND),
            new SignalingException.Unanswered(Duration.ofSeconds(6), SECOND),
            new SignalingException.StoreUnavailable("The store is busy; try again in a moment.", SECOND),
            new SignalingException.Busy("The service is stopping; retry in a moment.", SECOND),
            new SignalingException.StoreFull(),
            new SignalingException.NamespaceFull());

    /** Statuses of HTTP itself, with the details of their examples. */
    private static final Map<Integer, String> STATUSES = Map.of(
            401, "An API key is required; send it as \"Authorization: Bearer KEY\".",
            403, "Pages of this origin may not call this service; see parley.cors.origins.",
            406, "Replies are JSON; accept application/json.",
            415, "Send the body as application/json.",
            500, "An internal error occurred; the log has its cause under 8d0b2f6e-3a35-4d7c-9f0e-5a3d1c1b7e11.");

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<String> HEADERS_OF_SUCCESS = List.of(
            "x-d1-bookmark",
            "x-served-by",
            "x-served-by-primary",
            "x-served-by-region",
            "x-bookmark-status",
            "RateLimit-Policy",
            "RateLimit",
            "Cache-Control",
            "Date");

    @Override
    public void filterOpenAPI(OpenAPI api) {
        Components components = api.getComponents();
        for (SignalingException refusal : REFUSALS) {
            addResponse(components, ErrorReply.of(NATIVE, refusal), refusal.type(), refusal.title());
            addResponse(components, ErrorReply.of(RONDEVU, refusal), refusal.type(), refusal.title());
        }
        new TreeMap<>(STATUSES).forEach((status, detail) -> {
            String title = Response.Status.fromStatusCode(status).getReasonPhrase();
            addResponse(components, ErrorReply.ofStatus(NATIVE, status, detail), "http", title);
            addResponse(components, ErrorReply.ofStatus(RONDEVU, status, detail), "http", title);
        });
        api.getPaths()
                .getPathItems()
                .forEach((path, item) -> item.getOperations()
                        .forEach((method, operation) -> complete(components, path, method, operation)));
        records().forEach(type -> complete(components, type));
    }

    private static void addResponse(Components components, ErrorReply reply, String type, String title) {
        boolean isNative = reply.mediaType().equals(PROBLEM);
        boolean isOneOfSeveral = isNative && Set.of(409, 412).contains(reply.status());
        String name = isOneOfSeveral ? type : (isNative ? "" : "rondevu-") + reply.status();
        Map<String, APIResponse> known = Objects.requireNonNullElse(components.getResponses(), Map.of());
        APIResponse response = known.get(name);
        if (response == null) {
            Schema schema = OASFactory.createSchema().ref(isNative ? "Problem" : "RondevuError");
            response = OASFactory.createAPIResponse()
                    .description(title)
                    .content(OASFactory.createContent()
                            .addMediaType(
                                    reply.mediaType(),
                                    OASFactory.createMediaType().schema(schema)));
            components.addResponse(name, response);
        } else {
            response.setDescription(response.getDescription() + ", or: " + title);
        }
        addHeaders(
                response,
                reply.status() == 415
                        ? Set.of("Accept-Encoding")
                        : reply.headers().keySet());
        response.getContent()
                .getMediaType(reply.mediaType())
                .addExample(type, OASFactory.createExample().value(JSON.convertValue(reply.body(), Map.class)));
    }

    private static void addHeaders(APIResponse response, Collection<String> names) {
        names.forEach(name -> response.addHeader(name, OASFactory.createHeader().ref(name)));
    }

    private static void complete(Components components, String path, HttpMethod method, Operation operation) {
        boolean isNative = hasProblems(path);
        String prefix = isNative ? "" : "rondevu-";
        APIResponses responses = operation.getResponses();
        responses.getAPIResponses().forEach((status, response) -> {
            if (status.matches("[23]..")) {
                addHeaders(response, HEADERS_OF_SUCCESS);
            }
        });
        statuses(path, method, operation.getRequestBody() != null)
                .forEach(status -> responses.addAPIResponse(
                        status.toString(), OASFactory.createAPIResponse().ref(prefix + status)));
        responses.addAPIResponse("default", OASFactory.createAPIResponse().ref(prefix + 500));
        var parameters = new ArrayList<Parameter>();
        if (operation.getParameters() != null) {
            operation.getParameters().forEach(parameter -> parameters.add(described(components, parameter, isNative)));
        }
        parameters.add(OASFactory.createParameter().ref("Namespace"));
        parameters.add(OASFactory.createParameter().ref("Bookmark"));
        operation.setParameters(parameters);
    }

    /** The statuses of refusals that the static file does not list. */
    private static Set<Integer> statuses(String path, HttpMethod method, boolean hasBody) {
        boolean isNative = hasProblems(path);
        if (path.equals("/health")) {
            return new TreeSet<>(Set.of(400, 403, 406, 429, 503));
        }
        var statuses = new TreeSet<>(Set.of(400, 401, 403, 406, 429, 503));
        if (path.contains("{code}") || path.contains("{session}") || !isNative) {
            statuses.add(404);
        }
        if (hasBody || method == HttpMethod.DELETE) {
            statuses.add(413);
        }
        if (hasBody) {
            statuses.add(415);
        }
        if (hasBody && isNative) {
            statuses.add(422);
        }
        if (method != HttpMethod.GET && isNative && !path.equals("/api/v1/events")) {
            statuses.add(507);
        }
        return statuses;
    }

    /** Whether the errors of the path are problems, as in the native API. */
    private static boolean hasProblems(String path) {
        return path.startsWith(NATIVE) || path.startsWith("/whip/") || path.startsWith("/whep/");
    }

    /** The description of a parameter that the resource declares, from the parameters of the static file. */
    private static Parameter described(Components components, Parameter declared, boolean isNative) {
        return components.getParameters().entrySet().stream()
                .filter(known -> known.getKey().startsWith("Rondevu") != isNative)
                .filter(known -> known.getValue().getName().equals(declared.getName())
                        && known.getValue().getIn() == declared.getIn())
                .findFirst()
                .map(known -> OASFactory.createParameter().ref(known.getKey()))
                .orElse(declared);
    }

    private static Stream<Class<?>> records() {
        return Stream.concat(
                Stream.of(Views.class, Requests.class, RondevuBodies.class, HealthResource.class)
                        .flatMap(owner -> Stream.of(owner.getDeclaredClasses()))
                        .filter(Class::isRecord),
                Stream.of(Listing.class, TopicCount.class, Trickled.class));
    }

    /** A field of a reply is required unless it is left out when it is null; a field of a request, only if it is declared so. */
    private static void complete(Components components, Class<?> type) {
        var annotation = type.getAnnotation(org.eclipse.microprofile.openapi.annotations.media.Schema.class);
        String name = annotation == null || annotation.name().isEmpty() ? type.getSimpleName() : annotation.name();
        Schema schema = components.getSchemas().get(name);
        if (schema == null || schema.getProperties() == null) {
            return;
        }
        boolean omitsNull = type.isAnnotationPresent(JsonInclude.class);
        boolean request =
                type.getEnclosingClass() == Requests.class || type.isAnnotationPresent(JsonIgnoreProperties.class);
        for (RecordComponent component : type.getRecordComponents()) {
            Schema property = schema.getProperties().get(component.getName());
            boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
            boolean required =
                    schema.getRequired() != null && schema.getRequired().contains(component.getName());
            if (property == null || required || (nullable && omitsNull)) {
                continue;
            }
            if (nullable) {
                allowNull(components, property);
            }
            if (!request) {
                schema.addRequired(component.getName());
            }
        }
    }

    private static void allowNull(Components components, Schema property) {
        List<SchemaType> types = property.getType();
        if (property.getRef() != null) {
            String name = property.getRef().replaceFirst(".*/", "");
            types = Objects.requireNonNull(components.getSchemas().get(name), name)
                    .getType();
            property.setRef(null);
        }
        if (types != null) {
            property.setType(List.of(types.get(0), SchemaType.NULL));
        }
    }
}
