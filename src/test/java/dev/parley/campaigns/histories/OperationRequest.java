package dev.parley.campaigns.histories;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.Side;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP request of an {@link Operation}. Peers without a token, and polls, use the compatible API; all others use the native one.
 * Sessions must not expire during the run, so each ttl is {@value #LASTING_SECONDS} seconds longer than in the workload.
 *
 * @param body null if the request has none
 */
record OperationRequest(
        String method,
        String path,
        Map<String, String> headers,
        @Nullable ObjectNode body) {
    static final int LASTING_SECONDS = 3_600;
    static final int WAIT_SECONDS = 30;

    private static final Duration REPLY_MAX = Duration.ofMinutes(1);
    private static final String SESSIONS = "/api/v1/sessions";

    static OperationRequest of(SessionKey key, Operation operation, Freshness since) {
        OperationRequest asked =
                called(key, operation).with("Origin", key.namespace().name());
        if (since instanceof Freshness.Bookmarked result) {
            return asked.with("x-d1-bookmark", result.bookmark());
        }
        return since instanceof Freshness.Any ? asked.with("x-d1-bookmark", "first-unconstrained") : asked;
    }

    private static OperationRequest called(SessionKey key, Operation operation) {
        String code = key.code().text();
        String session = SESSIONS + "/" + code;
        if (operation instanceof Operation.Open open) {
            return open.token() == null ? offer(key, open) : open(key, open);
        }
        if (operation instanceof Operation.Answer answer) {
            return answer.token() == null
                    ? to("POST", "/answer", said(code, Side.ANSWERER).put("answer", answer.answer()))
                    : answer(session, answer);
        }
        if (operation instanceof Operation.Trickle trickle) {
            ObjectNode body = in(trickle.generation(), candidates(object(), trickle.candidates(), trickle.end()));
            return to("POST", session + "/candidates", body).as(trickle.token());
        }
        if (operation instanceof Operation.TrickleAs trickle) {
            return to("POST", "/answer", said(code, trickle.side()).put("candidate", trickle.candidate()))
                    .as(trickle.token());
        }
        if (operation instanceof Operation.Restart restart) {
            return to("PUT", session + "/offer", object().put("offer", restart.offer()))
                    .as(restart.token())
                    .with(
                            "If-Match",
                            restart.tag() == null ? "*" : restart.tag().text());
        }
        if (operation instanceof Operation.Extend extend) {
            return to("PATCH", session, object().put("ttl", lasting(extend.ttlSeconds())))
                    .as(extend.token());
        }
        if (operation instanceof Operation.Close close) {
            return to("DELETE", session, null).as(close.token());
        }
        return read(key, (Operation.Read) operation);
    }

    private static OperationRequest read(SessionKey key, Operation.Read operation) {
        String session = SESSIONS + "/" + key.code().text();
        if (operation instanceof Operation.Follow follow) {
            OperationRequest asked =
                    to("GET", session + "/events?after=" + follow.after() + "&limit=" + follow.limit(), null);
            return follow.waits() ? asked.with("Prefer", "wait=" + WAIT_SECONDS) : asked;
        }
        if (operation instanceof Operation.Poll poll) {
            return to("POST", "/poll", said(key.code().text(), poll.side()));
        }
        if (operation instanceof Operation.Find find) {
            return to("GET", found(find.listing(), encodedTopic(key, find.topic())), null);
        }
        OperationRequest asked = to("GET", session, null);
        return operation.tag() == null
                ? asked
                : asked.with("If-None-Match", operation.tag().text());
    }

    private static String found(Operation.Listing listing, String topic) {
        return switch (listing) {
            case SESSIONS -> SESSIONS + "?topic=" + topic;
            case OFFERS -> "/" + topic + "/sessions";
            case COUNTS -> "/api/v1/topics?prefix=" + topic;
        };
    }

    private static OperationRequest open(SessionKey key, Operation.Open operation) {
        ObjectNode body = object().put("code", key.code().text())
                .put("topic", DomainMapping.topic(key, operation.topic()))
                .put("offer", operation.offer())
                .put("ttl", lasting(operation.ttlSeconds()));
        return to("POST", SESSIONS, candidates(body, operation.candidates(), operation.end()))
                .as(operation.token());
    }

    private static OperationRequest offer(SessionKey key, Operation.Open operation) {
        ObjectNode body =
                object().put("code", key.code().text()).put("peerId", "peer").put("offer", operation.offer());
        return to("POST", "/" + encodedTopic(key, operation.topic()) + "/offer", body);
    }

    private static OperationRequest answer(String session, Operation.Answer operation) {
        ObjectNode body =
                candidates(object().put("answer", operation.answer()), operation.candidates(), operation.end());
        return to("PUT", session + "/answer", in(operation.generation(), body)).as(operation.token());
    }

    private static ObjectNode said(String code, Side side) {
        return object().put("code", code).put("side", side.word());
    }

    private static ObjectNode candidates(ObjectNode body, List<String> candidates, boolean end) {
        candidates.forEach(body.putArray("candidates")::add);
        return end ? body.put("end", true) : body;
    }

    private static ObjectNode in(@Nullable Integer generation, ObjectNode body) {
        return generation == null ? body : body.put("generation", generation);
    }

    private static int lasting(int ttlSeconds) {
        return ttlSeconds + LASTING_SECONDS;
    }

    private static String encodedTopic(SessionKey key, int number) {
        return URLEncoder.encode(DomainMapping.topic(key, number), UTF_8).replace("+", "%20");
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static OperationRequest to(String method, String path, @Nullable ObjectNode body) {
        return new OperationRequest(
                method, path, body == null ? Map.of() : Map.of("Content-Type", "application/json"), body);
    }

    private OperationRequest as(@Nullable String whose) {
        SessionToken token = DomainMapping.token(whose);
        return token == null ? this : with("Session-Token", token.secret());
    }

    private OperationRequest with(String header, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new OperationRequest(method, path, more, body);
    }

    /** The request to a node, for a client that waits for the reply. */
    HttpRequest to(URI node) {
        HttpRequest.Builder request = HttpRequest.newBuilder(node.resolve(path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()))
                .timeout(headers.containsKey("Prefer") ? REPLY_MAX.plusSeconds(WAIT_SECONDS) : REPLY_MAX);
        headers.forEach(request::header);
        return request.build();
    }

    /** The same request as it is written to a connection. */
    byte[] bytes() {
        byte[] sent = body == null ? new byte[0] : body.toString().getBytes(UTF_8);
        var head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: parley.test\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Content-Length: ").append(sent.length).append("\r\n\r\n");
        return (head + new String(sent, UTF_8)).getBytes(UTF_8);
    }
}
