package dev.parley.campaigns.histories;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.session.SessionKey;
import dev.parley.session.Side;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Parses the response of an {@link Operation}, over HTTP or over the channel. A response that the contract does not allow, down to its headers, is
 * {@link OperationResult.Broken}. Expiry times are omitted: their clock is that of the machine.
 */
final class HttpOperationResult {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PROBLEM = "urn:parley:problem:";
    private static final Map<String, Integer> STATUSES = Map.of(
            "session-token-missing", 401,
            "session-token-refused", 403,
            "session-not-found", 404,
            "code-taken", 409,
            "already-answered", 409,
            "other-generation", 412,
            "session-changed", 412);

    /** The fields of a message that are header fields over HTTP. */
    private static final Map<String, String> CHANNEL_FIELDS =
            Map.of("bookmark", "x-d1-bookmark", "bookmarkStatus", "x-bookmark-status", "etag", "ETag");

    private final SessionKey key;
    private final Operation operation;
    private final Response response;

    /**
     * The response of either API.
     *
     * @param overHttp whether it has all that the contract of HTTP requires
     */
    private record Response(int statusCode, HttpHeaders headers, String body, boolean overHttp, boolean compatible) {}

    /** A deviation from the contract. */
    private static final class Strange extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Strange(String what) {
            super(what);
        }
    }

    private HttpOperationResult(SessionKey key, Operation operation, Response response) {
        this.key = key;
        this.operation = operation;
        this.response = response;
    }

    /** The reply to an operation. */
    static ReplyContext read(SessionKey key, Operation operation, HttpResponse<String> response) {
        boolean compatible = !response.request().uri().getPath().startsWith("/api/v1/");
        return read(
                key,
                operation,
                new Response(response.statusCode(), response.headers(), response.body(), true, compatible));
    }

    /**
     * The reply to an operation over the channel, which does not name the node of the store; only reads without a bookmark are certainly of
     * the primary.
     */
    static ReplyContext read(SessionKey key, Operation operation, Freshness since, JsonNode message) {
        var headers = new LinkedHashMap<String, List<String>>();
        CHANNEL_FIELDS.forEach((field, header) -> {
            if (message.has(field)) {
                headers.put(header, List.of(message.path(field).asText()));
            }
        });
        boolean primary = since instanceof Freshness.Latest;
        headers.put("x-served-by-primary", List.of(Boolean.toString(primary)));
        JsonNode body = message.has("problem") ? message.path("problem") : message.path("body");
        return read(
                key,
                operation,
                new Response(
                        message.path("status").intValue(),
                        HttpHeaders.of(headers, (name, value) -> true),
                        body.isMissingNode() ? "" : body.toString(),
                        false,
                        false));
    }

    private static ReplyContext read(SessionKey key, Operation operation, Response response) {
        try {
            return new HttpOperationResult(key, operation, response).reply();
        } catch (Strange | IllegalArgumentException | JsonProcessingException e) {
            return ReplyContext.broken(e.getMessage() + ": " + response);
        }
    }

    /** A rejection names the node of the caller, which may not be the one that rejected. */
    private ReplyContext reply() throws JsonProcessingException {
        boolean refused = response.statusCode() >= 400;
        @Nullable String bookmark = header("x-d1-bookmark").orElse(null);
        if (bookmark == null && (response.overHttp() || !refused)) {
            throw new Strange("no bookmark");
        }
        boolean primary = switch (header("x-served-by-primary").orElse("")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new Strange("not said whether the primary served it");
        };
        boolean reset = header("x-bookmark-status").isPresent();
        return new ReplyContext(refused ? refused(body()) : done(body()), bookmark, primary && !refused, reset);
    }

    private JsonNode body() throws JsonProcessingException {
        int status = response.statusCode();
        if (status != 204 && status != 304) {
            return JSON.readTree(response.body());
        }
        if (!response.body().isEmpty()) {
            throw new Strange("a body where none may be");
        }
        return JSON.nullNode();
    }

    private OperationResult refused(JsonNode body) {
        int status = response.statusCode();
        String type = isCompatible() ? typeOf(status) : typeOf(body);
        if (!Integer.valueOf(status).equals(STATUSES.get(type))) {
            throw new Strange("refused as nothing in this environment is");
        }
        return new OperationResult.Refused(type);
    }

    private String typeOf(JsonNode problem) {
        String type = problem.required("type").textValue();
        if (!type.startsWith(PROBLEM) || problem.required("status").intValue() != response.statusCode()) {
            throw new Strange("not a problem of the service's");
        }
        return type.substring(PROBLEM.length());
    }

    /** The compatible API has one status for each rejection of a call. */
    private String typeOf(int status) {
        return switch (status) {
            case 401 -> "session-token-missing";
            case 403 -> "session-token-refused";
            case 404 -> "session-not-found";
            case 409 -> operation instanceof Operation.Open ? "code-taken" : "already-answered";
            default -> "";
        };
    }

    private boolean isCompatible() {
        return response.compatible();
    }

    private OperationResult done(JsonNode body) {
        if (isCompatible()) {
            expect(200);
            if (operation instanceof Operation.Find) {
                return offered(body.required("sessions"));
            }
            return operation instanceof Operation.Poll poll
                    ? received(poll.side().other(), body)
                    : new OperationResult.Done();
        }
        if (operation instanceof Operation.Open || operation instanceof Operation.Answer) {
            return joined(body, 201);
        }
        if (operation instanceof Operation.Restart) {
            return joined(body, 200);
        }
        if (operation instanceof Operation.Trickle) {
            expect(201);
            return new OperationResult.Trickled(
                    body.required("seq").longValue(), body.required("added").intValue());
        }
        if (operation instanceof Operation.Extend) {
            expect(200);
            body.required("expiresAt");
            return new OperationResult.Extended(null, tag());
        }
        if (operation instanceof Operation.Close) {
            expect(204);
            return new OperationResult.Done();
        }
        if (operation.tag() != null && response.statusCode() == 304) {
            if (!tag().equals(operation.tag().text())) {
                throw new Strange("not modified, but another ETag");
            }
            return new OperationResult.NotModified();
        }
        expect(200);
        if (operation instanceof Operation.Follow follow) {
            return events(follow, body);
        }
        if (operation instanceof Operation.Find find) {
            return find.listing() == Operation.Listing.COUNTS
                    ? counted(find, body)
                    : new OperationResult.Found(found(body.required("items")), null);
        }
        return seen(body);
    }

    /** @param first the status of a call that is not repeated */
    private OperationResult joined(JsonNode body, int first) {
        boolean replay = first == 201 && response.statusCode() == 200;
        expect(replay ? 200 : first);
        expectText(body, "code", key.code().text());
        expectText(body, "side", (operation instanceof Operation.Answer ? Side.ANSWERER : Side.OFFERER).word());
        body.required("expiresAt");
        return new OperationResult.Joined(
                body.required("seq").longValue(), body.required("generation").intValue(), null, replay, tag());
    }

    private OperationResult seen(JsonNode body) {
        expectText(body, "code", key.code().text());
        return new OperationResult.Seen(
                body.required("generation").intValue(),
                body.required("seq").longValue(),
                content(body, "offer"),
                content(body, "answer"),
                null,
                tag());
    }

    private static SideContent content(JsonNode body, String what) {
        return new SideContent(
                body.required(what).textValue(),
                texts(body.required(what + "Candidates")),
                body.required(what + "End").booleanValue());
    }

    private OperationResult events(Operation.Follow follow, JsonNode body) {
        if (follow.waits()
                && response.overHttp()
                && header("Preference-Applied").isEmpty()) {
            throw new Strange("not said that the wait was honoured");
        }
        var events = new ArrayList<ObservedEvent>();
        body.required("events").forEach(event -> events.add(observed(event)));
        long last = events.isEmpty()
                ? follow.after()
                : events.get(events.size() - 1).seq();
        if (body.required("next").longValue() != last) {
            throw new Strange("next does not lead on");
        }
        return new OperationResult.EventsRead(List.copyOf(events));
    }

    static ObservedEvent observed(JsonNode event) {
        String type = event.required("type").textValue();
        return new ObservedEvent(
                event.required("seq").longValue(),
                type,
                Side.named(event.required("side").textValue()).orElseThrow(() -> new Strange("no such side")),
                event.required("generation").intValue(),
                event.path(type).textValue());
    }

    private static OperationResult.SideRead received(Side side, JsonNode body) {
        String what = side == Side.OFFERER ? "offer" : "answer";
        var content =
                new SideContent(body.required(what).textValue(), texts(body.required(what + "Candidates")), false);
        return new OperationResult.SideRead(content, false);
    }

    /** A session of another code under this topic would be a leak. */
    private boolean found(JsonNode items) {
        if (items.size() > 1) {
            throw new Strange("found what is not under the topic");
        }
        items.forEach(item -> expectText(item, "code", key.code().text()));
        return !items.isEmpty();
    }

    private OperationResult offered(JsonNode sessions) {
        boolean there = found(sessions);
        return new OperationResult.Found(there, there ? received(Side.OFFERER, sessions.required(0)) : null);
    }

    /** The number of sessions that wait under the topic. */
    private OperationResult counted(Operation.Find find, JsonNode body) {
        JsonNode items = body.required("items");
        items.forEach(item -> {
            expectText(item, "topic", DomainMapping.topic(key, find.topic()));
            if (item.required("sessions").intValue() != 1) {
                throw new Strange("counted what is not under the topic");
            }
        });
        return new OperationResult.Found(!items.isEmpty(), null);
    }

    private static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::textValue)
                .toList();
    }

    /** The entity tag, which is strong. */
    private String tag() {
        return header("ETag").filter(tag -> tag.matches("\"[^\"]+\"")).orElseThrow(() -> new Strange("no strong ETag"));
    }

    private void expect(int status) {
        if (response.statusCode() != status) {
            throw new Strange("not status " + status);
        }
    }

    private static void expectText(JsonNode body, String field, @Nullable String text) {
        if (!body.required(field).textValue().equals(text)) {
            throw new Strange("another " + field + " than " + text);
        }
    }

    private Optional<String> header(String name) {
        return response.headers().firstValue(name);
    }
}
