package dev.parley.packaged;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client of the native API. Every call waits for its reply.
 *
 * <p>May be used by several threads at once. Each call throws {@link NoReply} if the server does not reply.
 */
public final class ParleyClient {
    /** Lifetime of sessions: the maximum, because these tests are not about expiry. */
    public static final Duration TTL = Duration.ofHours(24);

    private static final Duration REPLY_MAX = Duration.ofMinutes(2);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI server;

    public ParleyClient(URI server) {
        this.server = server;
    }

    /** Opens a session under {@code code} as the offerer whose secret is {@code token}. */
    public ServerReply open(String code, String token, String offer, List<JsonNode> candidates) {
        ObjectNode body = object().put("code", code).put("offer", offer).put("ttl", TTL.toSeconds());
        body.putArray("candidates").addAll(candidates);
        return send("POST", "/api/v1/sessions", token, body);
    }

    /** Answers as the answerer whose secret is {@code token}. */
    public ServerReply answer(String code, String token, String answer, List<JsonNode> candidates) {
        ObjectNode body = object().put("answer", answer);
        body.putArray("candidates").addAll(candidates);
        return send("PUT", "/api/v1/sessions/" + code + "/answer", token, body);
    }

    /** Adds candidates for the side that {@code token} belongs to. */
    public ServerReply trickle(String code, String token, List<JsonNode> candidates) {
        ObjectNode body = object();
        body.putArray("candidates").addAll(candidates);
        return send("POST", "/api/v1/sessions/" + code + "/candidates", token, body);
    }

    public ServerReply session(String code) {
        return get("/api/v1/sessions/" + code);
    }

    /** The events of a session, up to one page. */
    public ServerReply events(String code) {
        return get("/api/v1/sessions/" + code + "/events?limit=1000");
    }

    public ServerReply health() {
        return get("/health");
    }

    public ServerReply get(String pathAndQuery) {
        return send("GET", pathAndQuery, null, null);
    }

    /** The events after {@code seq}; waits up to 25 seconds for the first. */
    ServerReply awaitEvents(String code, long seq) {
        return send(request("/api/v1/sessions/" + code + "/events?after=" + seq)
                .header("Prefer", "wait=25")
                .GET());
    }

    /** A read that is at least as new as {@code bookmark}. */
    public ServerReply getSince(String bookmark, String pathAndQuery) {
        return send(request(pathAndQuery).header("x-d1-bookmark", bookmark).GET());
    }

    /** Any call: {@code body} goes as JSON, {@code token} as Session-Token. */
    public ServerReply send(String method, String pathAndQuery, @Nullable String token, @Nullable JsonNode body) {
        HttpRequest.Builder request = request(pathAndQuery)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (token != null) {
            request.header("Session-Token", token);
        }
        return send(request);
    }

    private HttpRequest.Builder request(String pathAndQuery) {
        return HttpRequest.newBuilder(server.resolve(pathAndQuery)).timeout(REPLY_MAX);
    }

    private static ServerReply send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
            return new ServerReply(response.statusCode(), response.headers(), response.body());
        } catch (IOException e) {
            throw new NoReply(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for a reply", e);
        }
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
