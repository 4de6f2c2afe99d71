package dev.parley.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/** A client of the running service. Each reply is checked against the OpenAPI document before a test receives it. */
public final class TestClient {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration REPLY_MAX = Duration.ofMinutes(2);

    private final @Nullable String origin;

    private TestClient(@Nullable String origin) {
        this.origin = origin;
    }

    /** A client in an origin of its own. */
    public static TestClient ofNewOrigin() {
        return of("https://" + UUID.randomUUID() + ".example");
    }

    public static TestClient of(String origin) {
        return new TestClient(origin);
    }

    /** A client that sends no origin. */
    public static TestClient withoutOrigin() {
        return new TestClient(null);
    }

    /** Its origin. */
    public String origin() {
        return Objects.requireNonNull(origin);
    }

    /** The URL of the service, with a slash at the end. */
    public static URI service() {
        return URI.create(ConfigProvider.getConfig().getValue("test.url", String.class))
                .resolve("/");
    }

    /** A JSON object of names and values, in turn. */
    public static ObjectNode object(@Nullable Object... namesAndValues) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.putPOJO(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return HttpReply.MAPPER.valueToTree(object);
    }

    public Call get(String pathAndQuery) {
        return call("GET", pathAndQuery);
    }

    public Call post(String path) {
        return call("POST", path);
    }

    public Call put(String path) {
        return call("PUT", path);
    }

    public Call patch(String path) {
        return call("PATCH", path);
    }

    public Call delete(String path) {
        return call("DELETE", path);
    }

    public Call call(String method, String pathAndQuery) {
        var call = new Call(method, pathAndQuery);
        return origin == null ? call : call.header("Origin", origin);
    }

    /** A request that has not been sent yet. */
    public static final class Call {
        private final String method;
        private final String pathAndQuery;
        private final HttpRequest.Builder request;

        private Call(String method, String pathAndQuery) {
            this.method = method;
            this.pathAndQuery = pathAndQuery;
            this.request = HttpRequest.newBuilder(URI.create(service() + pathAndQuery.substring(1)))
                    .timeout(REPLY_MAX);
        }

        public Call header(String name, String value) {
            request.header(name, value);
            return this;
        }

        public Call token(String token) {
            return header("Session-Token", token);
        }

        /** Sends {@code body} as JSON. */
        public HttpReply json(ObjectNode body) {
            return json(body.toString());
        }

        public HttpReply json(String body) {
            return json(body.getBytes(StandardCharsets.UTF_8));
        }

        public HttpReply json(byte[] body) {
            return header("Content-Type", "application/json").send(BodyPublishers.ofByteArray(body));
        }

        /** Sends no body. */
        public HttpReply send() {
            return send(BodyPublishers.noBody());
        }

        public HttpReply send(BodyPublisher body) {
            try {
                return verified(HTTP.send(request.method(method, body).build(), BodyHandlers.ofByteArray()));
            } catch (IOException e) {
                throw new AssertionError(method + " " + pathAndQuery + " got no reply", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(method + " " + pathAndQuery + " was interrupted", e);
            }
        }

        /** Sends no body and does not wait for the reply. */
        public CompletableFuture<HttpReply> sendAsync() {
            return sendAsync(BodyPublishers.noBody());
        }

        /** Sends {@code body} as JSON and does not wait for the reply. */
        public CompletableFuture<HttpReply> jsonAsync(ObjectNode body) {
            return header("Content-Type", "application/json").sendAsync(BodyPublishers.ofString(body.toString()));
        }

        /** Sends {@code body} and does not wait for the reply. */
        public CompletableFuture<HttpReply> sendAsync(BodyPublisher body) {
            return HTTP.sendAsync(request.method(method, body).build(), BodyHandlers.ofByteArray())
                    .thenApply(this::verified);
        }

        private HttpReply verified(HttpResponse<byte[]> response) {
            var reply = new HttpReply(response.statusCode(), response.headers(), response.body());
            OpenApiDocument.served().verify(method, pathAndQuery, reply);
            return reply;
        }
    }
}
