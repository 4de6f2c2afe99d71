package dev.parley.http.filter;

import dev.parley.access.Role;
import dev.parley.http.AllowedMethods;
import dev.parley.http.BodyReader;
import dev.parley.http.Bookmarks;
import dev.parley.http.ErrorReply;
import dev.parley.http.HttpConfig;
import dev.parley.http.QueryParameters;
import dev.parley.http.RefusedBody;
import dev.parley.http.Replies;
import dev.parley.http.access.AuthChallenge;
import dev.parley.http.access.Authenticator;
import dev.parley.http.access.ClientAddresses;
import dev.parley.http.access.Namespaces;
import dev.parley.http.access.OwnOrigin;
import dev.parley.http.console.Console;
import dev.parley.http.observe.AccessLog;
import dev.parley.http.observe.RequestMeters;
import dev.parley.http.observe.RequestRecord;
import dev.parley.http.observe.RequestSpans;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.BodyTooLarge;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.SignalingException.Passing;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.Json;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What every request passes before it is routed: the rules of HTTP and of the web that no resource should have to know. Whatever
 * is refused here, or failed before a resource was reached, is told in the form of the API that was called.
 *
 * <p>Only what is no HTTP at all (a broken head, a longer head than {@code quarkus.http.limits} allow) never gets this far; the
 * decoder replies to that, with a bare status.
 */
@Singleton
public final class RequestFilter {
    /** Where the rates of addresses are kept: within the front door, before credentials are looked at. */
    public static final int RATE_ORDER = Integer.MIN_VALUE + 1;

    private static final int ENTER_ORDER = RATE_ORDER - 1;
    private static final int ADMIT_ORDER = RATE_ORDER + 1;

    /** Where the rates of credentials are kept: behind the door, where a request has shown one. */
    public static final int KEY_RATE_ORDER = ADMIT_ORDER + 1;

    /** Set once a request was seen by {@link #enter}. */
    private static final String ENTERED = "parley-entered";

    /** What the service as a whole takes (RFC 9110, section 9.3.7). */
    private static final String METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";

    private static final CharSequence IDENTITY = HttpHeaders.createOptimized("identity");

    private final CrossOrigin crossOrigin;
    private final Namespaces namespaces;
    private final int bodyBytesMax;
    private final Bookmarks bookmarks;
    private final HttpDate date;
    private final RequestMeters meters;
    private final ClientAddresses addresses;
    private final Authenticator gate;
    private final @Nullable AccessLog accessLog;
    private final @Nullable RequestSpans spans;

    public RequestFilter(
            HttpConfig config,
            FilterConfig filters,
            OwnOrigin ownOrigin,
            Bookmarks bookmarks,
            HttpDate date,
            RequestMeters meters,
            ClientAddresses addresses,
            Authenticator gate,
            Optional<RequestSpans> spans) {
        this.crossOrigin = new CrossOrigin(filters.corsOrigins(), ownOrigin);
        this.namespaces = new Namespaces(ownOrigin);
        this.bodyBytesMax = config.bodyBytesMax();
        this.bookmarks = bookmarks;
        this.date = date;
        this.meters = meters;
        this.addresses = addresses;
        this.gate = gate;
        this.accessLog = filters.accessLogged() ? new AccessLog() : null;
        this.spans = spans.orElse(null);
    }

    void open(@Observes Router router) {
        router.route().order(ENTER_ORDER).handler(this::enter);
        router.route().order(ADMIT_ORDER).handler(this::admit);
        router.route().last().failureHandler(this::failed);
    }

    private void enter(RoutingContext context) {
        HttpServerRequest request = context.request();
        boolean understood = RequestTarget.isUnderstood(request.uri());
        if (understood && request.uri().indexOf(';') >= 0) {
            encodeSemicolons(context); // comes here again
            return;
        }
        if (understood && Console.isAtFront(context)) {
            context.reroute(Console.PAGE); // comes here again
            return;
        }
        String path = understood ? context.normalizedPath() : sentPath(request);
        boolean document = RequestTarget.isDocument(path);
        watch(context, document ? null : RequestRecord.of(request.method(), path));
        if (!crossOrigin.admits(request)) {
            refuseOrigin(context);
        } else if (HttpVersionCheck.isOther(request)) {
            refuseVersion(context);
        } else if (request.headers().getAll(HttpHeaders.HOST).size() > 1) {
            refuse(context, 400, "Host was sent twice; send it once."); // RFC 9112, section 3.2
        } else if (!understood) {
            refuse(context, 400, "The path is no percent-encoded UTF-8.");
        } else if (CrossOrigin.isPreflight(request)) {
            request.response().setStatusCode(204).end();
        } else if (request.method().equals(HttpMethod.OPTIONS) && !document) {
            options(context);
        } else if (announcesTooMuch(request)) {
            refuseBody(context);
        } else {
            context.next();
        }
    }

    /** @param call null where the request is for the document */
    private void watch(RoutingContext context, @Nullable RequestRecord call) {
        context.put(ENTERED, true);
        long since = System.nanoTime();
        context.addHeadersEndHandler(sent -> leave(context.request(), call, since));
        if (call == null) {
            return;
        }
        if (accessLog != null) {
            accessLog.watch(context, call, addresses.of(context.request()), since);
        }
        if (spans != null) {
            spans.begin(context, call);
        }
    }

    /** The head of the reply is about to be sent. */
    private void leave(HttpServerRequest request, @Nullable RequestRecord call, long sinceNanos) {
        HttpServerResponse response = request.response();
        response.headers().set(HttpHeaders.DATE, date.now());
        if (response.getStatusCode() == 304) {
            response.headers().remove(HttpHeaders.CONTENT_LENGTH); // it would be that of a 200 (RFC 9110, section 8.6)
        }
        if (call != null) {
            bookmarks.dress(request);
            meters.replied(call, response, sinceNanos);
        }
    }

    /** Behind the rates of addresses. What no call takes is refused before anything is done, by every call alike. */
    private void admit(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (gate.asks() && turnsAway(context)) {
            return;
        }
        if (RequestTarget.isDocument(context.normalizedPath())) {
            context.next();
            return;
        }
        if (leadsNowhere(context)) {
            reply(context, ErrorReply.ofStatus(path(context), 404));
            return;
        }
        try {
            Bookmarks.readFrom(request);
            QueryParameters.refuseRepeated(context);
            namespaces.settle(context);
        } catch (Malformed refusal) {
            reply(context, ErrorReply.refusal(path(context), refusal));
            return;
        }
        if (hasNoBody(request)) {
            request.headers().remove(HttpHeaders.CONTENT_TYPE);
        } else if (isCoded(request)) {
            context.response().putHeader(HttpHeaders.ACCEPT_ENCODING, IDENTITY); // RFC 9110, section 15.5.16
            refuse(context, 415, "Send the body as it is, without Content-Encoding; no coding is taken but identity.");
            return;
        }
        context.next();
    }

    /** Before anything else of the request is looked at; returns whether the reply is a refusal. */
    private boolean turnsAway(RoutingContext context) {
        Set<Role> roles = RequiredRoles.by(context);
        AuthChallenge denial = roles.isEmpty() ? null : gate.admit(context, roles);
        if (denial == null) {
            return false;
        }
        context.response().putHeader("WWW-Authenticate", denial.challenge());
        refuse(context, denial.status(), denial.detail());
        return true;
    }

    /**
     * The body of a GET or a DELETE has no meaning (RFC 9110, sections 9.3.1 and 9.3.5), so neither has its type; but the framework
     * would refuse one that it does not know, or that is none, and even fail over it where a path has two representations.
     */
    private static boolean hasNoBody(HttpServerRequest request) {
        HttpMethod method = request.method();
        return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD) || method.equals(HttpMethod.DELETE);
    }

    /** Whether the body is compressed, say. */
    private static boolean isCoded(HttpServerRequest request) {
        for (String codings : request.headers().getAll(HttpHeaders.CONTENT_ENCODING)) {
            for (String coding : codings.split(",")) {
                if (!coding.isBlank() && !coding.strip().equalsIgnoreCase("identity")) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean leadsNowhere(RoutingContext context) {
        return RequestTarget.leadsNowhere(context.request().path(), context.normalizedPath());
    }

    /** To the framework a semicolon ends a path segment and a query parameter. Here it is a character like any other. */
    private static void encodeSemicolons(RoutingContext context) {
        HttpServerRequest request = context.request();
        String query = request.query() == null ? "" : "?" + request.query();
        context.reroute((request.path() + query).replace(";", "%3B"));
    }

    private static void options(RoutingContext context) {
        Set<String> allowed = leadsNowhere(context) ? Set.of() : AllowedMethods.at(context.normalizedPath());
        if (allowed.isEmpty()) {
            reply(context, ErrorReply.ofStatus(path(context), 404));
        } else {
            context.response()
                    .setStatusCode(204)
                    .putHeader(HttpHeaders.ALLOW, String.join(", ", allowed))
                    .end();
        }
    }

    /** A body without a length is counted while it is read, by {@link BodyReader}. */
    private boolean announcesTooMuch(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length != null && Long.parseLong(length) > bodyBytesMax;
    }

    private void refuseBody(RoutingContext context) {
        RefusedBody.drop(context);
        reply(context, ErrorReply.refusal(path(context), new BodyTooLarge(bodyBytesMax)));
    }

    /** The framing of another version is unknown, so the connection ends with the reply. */
    private static void refuseVersion(RoutingContext context) {
        context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        context.addEndHandler(replied -> context.request().connection().close());
        reply(context, ErrorReply.ofStatus(path(context), 505));
    }

    private static void refuseOrigin(RoutingContext context) {
        refuse(context, 403, "Pages of this origin may not call; parley.cors.origins has those that may.");
    }

    private void failed(RoutingContext context) {
        if (context.response().headWritten()) {
            context.next(); // too late to say anything
            return;
        }
        if (context.get(ENTERED) == null) {
            failedUnrouted(context);
            return;
        }
        if (context.failure() instanceof SignalingException refusal) {
            if (refusal instanceof Passing passing) {
                context.response()
                        .putHeader(
                                HttpHeaders.RETRY_AFTER,
                                Long.toString(passing.retryAfter().toSeconds()));
            }
            reply(context, ErrorReply.refusal(path(context), refusal));
            return;
        }
        int status = context.statusCode();
        boolean refused = status >= 400 && status < 500;
        reply(
                context,
                refused
                        ? ErrorReply.ofStatus(path(context), status)
                        : ErrorReply.fault(path(context), context.failure()));
    }

    /** The router routes no request without a valid Host, and none whose target has no path (RFC 9112, section 3.2). */
    private void failedUnrouted(RoutingContext context) {
        HttpServerRequest request = context.request();
        watch(context, RequestRecord.of(request.method(), path(context)));
        boolean server = context.statusCode() == 404 && request.uri().equals("*");
        if (!crossOrigin.admits(request)) {
            refuseOrigin(context);
        } else if (server && request.method().equals(HttpMethod.OPTIONS)) {
            context.response()
                    .setStatusCode(204)
                    .putHeader(HttpHeaders.ALLOW, METHODS)
                    .end();
        } else if (context.statusCode() == 404) {
            reply(context, ErrorReply.ofStatus(path(context), 404));
        } else {
            refuse(context, 400, "Send one valid Host, and a target whose path begins with a slash.");
        }
    }

    /** The path by which the request is routed; one that cannot be understood cannot be normalized either, and is as it came. */
    private static String path(RoutingContext context) {
        HttpServerRequest request = context.request();
        boolean understood = request.path() != null && RequestTarget.isUnderstood(request.uri());
        return understood ? context.normalizedPath() : sentPath(request);
    }

    private static String sentPath(HttpServerRequest request) {
        String path = request.path();
        return path == null || path.isEmpty() ? "/" : path;
    }

    private static void refuse(RoutingContext context, int status, String detail) {
        reply(context, ErrorReply.ofStatus(path(context), status, detail));
    }

    private static void reply(RoutingContext context, ErrorReply error) {
        HttpServerResponse response = context.response();
        response.setStatusCode(error.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, error.mediaType())
                .putHeader(HttpHeaders.CACHE_CONTROL, Replies.NO_STORE);
        if (context.request().method().equals(HttpMethod.HEAD)) {
            response.end();
        } else {
            response.end(Json.encodeToBuffer(error.body()));
        }
    }
}
