package dev.parley.http.filter;

import dev.parley.access.Role;
import dev.parley.http.BodyReader;
import dev.parley.http.Bookmarks;
import dev.parley.http.ErrorReply;
import dev.parley.http.HttpConfig;
import dev.parley.http.QueryParameters;
import dev.parley.http.access.Authenticator;
import dev.parley.http.access.Authenticator.AuthChallenge;
import dev.parley.http.access.ClientAddresses;
import dev.parley.http.access.ClientLimits;
import dev.parley.http.access.CrossOrigin;
import dev.parley.http.access.Namespaces;
import dev.parley.http.access.SubprotocolCredential;
import dev.parley.http.console.Console;
import dev.parley.http.observe.AccessLog;
import dev.parley.http.observe.Endpoint;
import dev.parley.http.observe.RequestMeters;
import dev.parley.http.observe.Upgrade;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.BodyTooLarge;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applies the rules of HTTP and of the web to each request before it is routed, so that resources do not need them. Whatever is rejected
 * here, or fails before it reaches a resource, is replied to in the form of the API that was called.
 *
 * <p>Only what is not HTTP, and heads longer than {@code quarkus.http.limits} allow, do not reach this filter: the decoder rejects
 * them with a bare status.
 */
@Singleton
public final class RequestFilter {
    private static final String OBSERVED = "parley-observed";
    private static final CharSequence IDENTITY = HttpHeaders.createOptimized("identity");
    private static final Set<Role> READERS = EnumSet.of(Role.PEER, Role.OBSERVER);
    private static final Set<Role> PEERS = EnumSet.of(Role.PEER);

    private final HttpConfig config;
    private final CrossOrigin crossOrigin;
    private final Namespaces namespaces;
    private final Bookmarks bookmarks;
    private final HttpDate date;
    private final RequestMeters meters;
    private final ClientLimits limits;
    private final ClientAddresses addresses;
    private final Authenticator authenticator;
    private final Tracing tracing;

    public RequestFilter(
            HttpConfig config,
            CrossOrigin crossOrigin,
            Namespaces namespaces,
            Bookmarks bookmarks,
            HttpDate date,
            RequestMeters meters,
            ClientLimits limits,
            ClientAddresses addresses,
            Authenticator authenticator,
            Tracing tracing) {
        this.config = config;
        this.crossOrigin = crossOrigin;
        this.namespaces = namespaces;
        this.bookmarks = bookmarks;
        this.date = date;
        this.meters = meters;
        this.limits = limits;
        this.addresses = addresses;
        this.authenticator = authenticator;
        this.tracing = tracing;
    }

    void install(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).handler(this::filter);
        router.route().last().failureHandler(this::replyToFailure);
    }

    private void filter(RoutingContext context) {
        HttpServerRequest request = context.request();
        boolean valid = RequestTarget.isValid(request.uri());
        if (valid && isRerouted(context)) {
            return; // this method is called again
        }
        String path = valid ? context.normalizedPath() : sentPath(request);
        boolean document = RequestTarget.isDocument(path);
        Endpoint endpoint = document ? null : Endpoint.of(request.method(), path);
        if (endpoint == Endpoint.CHANNEL) {
            SubprotocolCredential.move(request);
        }
        observe(context, endpoint);
        if (!crossOrigin.admits(request)) {
            refuseOrigin(context);
        } else if (request.headers().getAll(HttpHeaders.HOST).size() > 1) {
            refuse(context, 400, "Host was sent twice; send it once."); // RFC 9112, section 3.2
        } else if (request.version() == null) {
            refuse(context, 505, "Send the request as HTTP/1.0, HTTP/1.1 or HTTP/2.");
        } else if (!valid) {
            refuse(context, 400, "The request target is not a URI with percent-encoded UTF-8.");
        } else if (CrossOrigin.isPreflight(request)) {
            request.response().setStatusCode(204).end();
        } else if (request.method().equals(HttpMethod.OPTIONS) && endpoint != null && !endpoint.isOptions()) {
            replyToOptions(context, path);
        } else if (hasTooLongBody(request)) {
            BodyReader.discard(context);
            throw new BodyTooLarge(config.bodyBytesMax());
        } else {
            limits.countAddress(context);
            admit(context, path, document);
        }
    }

    private static boolean isRerouted(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.uri().indexOf(';') >= 0) {
            // For the framework a semicolon ends a path segment or a query parameter; here it is an ordinary character.
            String query = request.query() == null ? "" : "?" + request.query();
            context.reroute((request.path() + query).replace(";", "%3B"));
            return true;
        }
        if (Console.isAtFront(context)) {
            context.reroute(Console.PAGE);
            return true;
        }
        return false;
    }

    /** @param endpoint null for the OpenAPI document */
    private void observe(RoutingContext context, @Nullable Endpoint endpoint) {
        context.put(OBSERVED, true);
        long startNanos = System.nanoTime();
        context.addHeadersEndHandler(sending -> completeHead(context.request(), endpoint, startNanos));
        if (endpoint == null) {
            return;
        }
        Runnable endSpan = tracing.startRequest(context, endpoint);
        if (endpoint == Endpoint.CHANNEL) {
            Upgrade.prepare(context, () -> {
                completeUpgrade(context, startNanos);
                endSpan.run();
            });
        }
        if (config.accessLogged()) {
            AccessLog.watch(context, endpoint, addresses.of(context.request()), startNanos);
        }
    }

    private void completeUpgrade(RoutingContext context, long startNanos) {
        context.response().setStatusCode(101);
        completeHead(context.request(), Endpoint.CHANNEL, startNanos);
        if (config.accessLogged()) {
            AccessLog.upgraded(Endpoint.CHANNEL, addresses.of(context.request()), startNanos);
        }
    }

    private void completeHead(HttpServerRequest request, @Nullable Endpoint endpoint, long startNanos) {
        HttpServerResponse response = request.response();
        response.headers().set(HttpHeaders.DATE, date.now());
        if (response.getStatusCode() == 304) {
            response.headers().remove(HttpHeaders.CONTENT_LENGTH); // it would be that of a 200 (RFC 9110, section 8.6)
        }
        if (endpoint != null) {
            bookmarks.complete(request);
            meters.record(endpoint, response, startNanos);
        }
    }

    private void admit(RoutingContext context, String path, boolean document) {
        Set<Role> roles = authenticator.isRequired() ? requiredRoles(context, path, document) : Set.of();
        AuthChallenge challenge = roles.isEmpty() ? null : authenticator.admit(context, roles);
        if (challenge != null) {
            ErrorReply.of(path, challenge).send(context);
        } else if (document) {
            context.next();
        } else if (isUnknown(context, path)) {
            ErrorReply.ofStatus(path, 404).send(context);
        } else {
            checkHeaders(context);
        }
    }

    /**
     * The roles of which any is sufficient; empty if no credential is required. Exceptions are listed, so that anything else requires
     * the role with all permissions.
     */
    private static Set<Role> requiredRoles(RoutingContext context, String path, boolean document) {
        HttpMethod method = context.request().method();
        if (Console.isFor(context)) {
            return Set.of();
        }
        if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
            if (document || path.equals("/health")) {
                return Set.of();
            }
            // The reply contains a credential for TURN servers.
            return path.startsWith("/api/v1/ice-servers") ? PEERS : READERS;
        }
        if (method.equals(HttpMethod.OPTIONS) && !document) {
            // The reply contains the ICE servers only for a client that has sent a valid credential.
            return context.request().headers().contains(HttpHeaders.AUTHORIZATION) ? PEERS : Set.of();
        }
        boolean reads = path.equals("/poll") || path.equals("/api/v1/events");
        return method.equals(HttpMethod.POST) && reads ? READERS : PEERS;
    }

    /** Rejects what no endpoint accepts, before anything is done. */
    private void checkHeaders(RoutingContext context) {
        HttpServerRequest request = context.request();
        Bookmarks.readFrom(request);
        QueryParameters.refuseRepeated(context);
        namespaces.attach(context);
        if (!AcceptedTypes.normalize(request.headers())) {
            ErrorReply.ofStatus(path(context), 406).send(context);
            return;
        }
        if (ignoresBody(request.method())) {
            // Its type has no meaning either, but the framework would reject an unknown one.
            request.headers().remove(HttpHeaders.CONTENT_TYPE);
        } else if (!normalizeType(request.headers())) {
            ErrorReply.ofStatus(context.normalizedPath(), 415).send(context);
            return;
        } else if (isEncoded(request)) {
            context.response().putHeader(HttpHeaders.ACCEPT_ENCODING, IDENTITY); // RFC 9110, section 15.5.16
            refuse(context, 415, "Send the body without Content-Encoding; only identity is supported.");
            return;
        }
        limits.countCredential(context);
        context.next();
    }

    /** RFC 9110, sections 9.3.1 and 9.3.5. */
    private static boolean ignoresBody(HttpMethod method) {
        return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD) || method.equals(HttpMethod.DELETE);
    }

    /**
     * Whether the type is absent, empty or one media type; an empty one is removed. Where two methods of a resource differ in their
     * replies' types, the framework fails on another one.
     */
    private static boolean normalizeType(MultiMap headers) {
        List<String> types = headers.getAll(HttpHeaders.CONTENT_TYPE);
        if (types.size() != 1) {
            return types.isEmpty();
        }
        String type = types.get(0);
        if (type.isBlank()) {
            headers.remove(HttpHeaders.CONTENT_TYPE);
            return true;
        }
        try {
            return type.equals(MediaType.APPLICATION_JSON) || MediaType.valueOf(type) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isEncoded(HttpServerRequest request) {
        if (!request.headers().contains(HttpHeaders.CONTENT_ENCODING)) {
            return false;
        }
        for (String encodings : request.headers().getAll(HttpHeaders.CONTENT_ENCODING)) {
            for (String encoding : encodings.split(",")) {
                if (!encoding.isBlank() && !encoding.strip().equalsIgnoreCase("identity")) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isUnknown(RoutingContext context, String path) {
        return RequestTarget.isUnknown(context.request().path(), path)
                || (!config.rondevuEnabled() && Endpoint.isRondevu(path));
    }

    private void replyToOptions(RoutingContext context, String path) {
        Set<String> methods = isUnknown(context, path) ? Set.of() : Endpoint.methods(path);
        if (methods.isEmpty()) {
            ErrorReply.ofStatus(path, 404).send(context);
        } else {
            context.response()
                    .setStatusCode(204)
                    .putHeader(HttpHeaders.ALLOW, String.join(", ", methods))
                    .end();
        }
    }

    /** A body without a length is counted while it is read. */
    private boolean hasTooLongBody(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length != null && Long.parseLong(length) > config.bodyBytesMax();
    }

    private void replyToFailure(RoutingContext context) {
        int status = context.statusCode();
        if (context.response().headWritten()) {
            context.next(); // it is too late for a reply
        } else if (context.get(OBSERVED) == null) {
            replyUnrouted(context);
        } else if (context.failure() instanceof SignalingException refusal) {
            ErrorReply.of(path(context), refusal).send(context);
        } else if (status >= 400 && status < 500) {
            ErrorReply.ofStatus(path(context), status).send(context);
        } else {
            ErrorReply.fault(path(context), context.failure()).send(context);
        }
    }

    /** The router does not route a request without a valid Host, or whose target has no path (RFC 9112, section 3.2). */
    private void replyUnrouted(RoutingContext context) {
        HttpServerRequest request = context.request();
        String path = path(context);
        observe(context, Endpoint.of(request.method(), path));
        if (!crossOrigin.admits(request)) {
            refuseOrigin(context);
        } else if (context.statusCode() != 404
                || request.headers().getAll(HttpHeaders.HOST).size() > 1) {
            refuse(context, 400, "Send one valid Host, and a target whose path starts with a slash.");
        } else if (request.method().equals(HttpMethod.OPTIONS) && "*".equals(request.uri())) {
            request.response().setStatusCode(204).end(); // the server as a whole (RFC 9110, section 9.3.7)
        } else {
            ErrorReply.ofStatus(path, 404).send(context);
        }
    }

    /** The path by which the request is routed; an invalid one cannot be normalized, and is returned as it was sent. */
    private static String path(RoutingContext context) {
        HttpServerRequest request = context.request();
        boolean valid = request.path() != null && RequestTarget.isValid(request.uri());
        return valid ? context.normalizedPath() : sentPath(request);
    }

    private static String sentPath(HttpServerRequest request) {
        String path = request.path();
        return path == null || path.isEmpty() ? "/" : path;
    }

    private static void refuseOrigin(RoutingContext context) {
        refuse(context, 403, "Pages of this origin may not call this service; see parley.cors.origins.");
    }

    private static void refuse(RoutingContext context, int status, String detail) {
        ErrorReply.ofStatus(path(context), status, detail).send(context);
    }
}
