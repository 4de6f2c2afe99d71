package dev.parley.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import dev.parley.http.access.Authenticator.AuthChallenge;
import dev.parley.http.observe.Endpoint;
import dev.parley.http.observe.RequestMeters;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.OutOfBounds;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.session.SignalingException.TokenMissing;
import dev.parley.store.Futures;
import dev.parley.store.Futures.RefusedBy;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;
import org.jspecify.annotations.Nullable;

/**
 * An error reply: {@code application/problem+json} in the native API, WHIP and WHEP; {@code {"error"}} with the statuses that its clients know in
 * the compatible one. The path decides between the two.
 */
public record ErrorReply(int status, String mediaType, Map<String, String> headers, Object body) {
    private static final Logger LOG = Logger.getLogger(ErrorReply.class);
    private static final String NATIVE = "/api/v1";
    private static final String TYPES = "urn:parley:problem:";

    /** The status of each type of refusal (RFC 9110, section 15; RFC 6585; RFC 4918, section 11.5). */
    static final Map<Class<? extends SignalingException>, Integer> STATUSES = Map.ofEntries(
            Map.entry(SignalingException.Malformed.class, 400),
            Map.entry(TokenMissing.class, 401),
            Map.entry(SignalingException.TokenRefused.class, 403),
            Map.entry(SessionNotFound.class, 404),
            Map.entry(SignalingException.CodeTaken.class, 409),
            Map.entry(SignalingException.AlreadyAnswered.class, 409),
            Map.entry(SignalingException.OtherGeneration.class, 412),
            Map.entry(SignalingException.SessionChanged.class, 412),
            Map.entry(SignalingException.BodyTooLarge.class, 413),
            Map.entry(OutOfBounds.class, 422),
            Map.entry(SignalingException.PreconditionMissing.class, 428),
            Map.entry(SignalingException.TooManyRequests.class, 429),
            Map.entry(SignalingException.TooManyGuesses.class, 429),
            Map.entry(SignalingException.TooManyWaits.class, 429),
            Map.entry(SignalingException.Unanswered.class, 503),
            Map.entry(SignalingException.Busy.class, 503),
            Map.entry(SignalingException.StoreUnavailable.class, 503),
            Map.entry(SignalingException.NamespaceFull.class, 507),
            Map.entry(SignalingException.StoreFull.class, 507));

    /**
     * Problem details (RFC 9457, section 3).
     *
     * @param field the JSON field that is out of bounds
     * @param errorId the id under which the log has the cause of an internal error
     */
    @JsonInclude(Include.NON_NULL)
    @RegisterForReflection // no resource declares it as its result
    public record Problem(
            String type,
            String title,
            int status,
            String detail,
            @Nullable String field,
            @Nullable String errorId) {}

    /** @param path normalized and percent-encoded: "api/v1" may be a topic */
    public static ErrorReply of(String path, SignalingException refusal) {
        RequestMeters.refused(refusal.type());
        Map<String, String> headers = headers(refusal);
        if (isNative(path)) {
            String field = refusal instanceof OutOfBounds bounds ? bounds.field() : null;
            int status = status(refusal);
            var problem = new Problem(TYPES + refusal.type(), refusal.title(), status, refusal.detail(), field, null);
            return new ErrorReply(status, "application/problem+json", headers, problem);
        }
        // Clients of the compatible API know no 422, and look for one text; other texts may change.
        return error(
                refusal instanceof OutOfBounds ? 400 : status(refusal),
                headers,
                refusal instanceof SessionNotFound
                        ? "Session not found, expired, or origin mismatch"
                        : refusal.detail());
    }

    private static int status(SignalingException refusal) {
        return STATUSES.getOrDefault(refusal.getClass(), 500);
    }

    private static Map<String, String> headers(SignalingException refusal) {
        if (refusal instanceof TokenMissing) {
            return Map.of("WWW-Authenticate", "Session-Token");
        }
        return refusal.retryAfter()
                .map(time -> Map.of("Retry-After", Long.toString(time.toSeconds())))
                .orElse(Map.of());
    }

    /** A rejected credential. */
    public static ErrorReply of(String path, AuthChallenge challenge) {
        RequestMeters.refused(challenge.status());
        Map<String, String> headers = Map.of("WWW-Authenticate", challenge.challenge());
        return of(path, challenge.status(), headers, challenge.detail(), null);
    }

    /** A status that HTTP defines, with a general detail. */
    public static ErrorReply ofStatus(String path, int status) {
        if (status == 401) {
            return of(path, AuthChallenge.WRONG); // the credential of a waiting request has ended
        }
        return ofStatus(
                path,
                status,
                switch (status) {
                    case 404 -> "There is no such path; see /q/openapi for the API.";
                    case 405 -> "This path does not support the method; see Allow for those it supports.";
                    case 406 ->
                        isWhip(path)
                                ? "Replies are SDP; accept application/sdp."
                                : "Replies are JSON; accept application/json.";
                    case 415 ->
                        isWhip(path)
                                ? "Send an offer as application/sdp, and candidates as application/trickle-ice-sdpfrag."
                                : "Send the body as application/json.";
                    default -> "The request is malformed.";
                });
    }

    public static ErrorReply ofStatus(String path, int status, String detail) {
        RequestMeters.refused(status);
        Map<String, String> headers =
                status == 405 ? Map.of("Allow", String.join(", ", Endpoint.methods(path))) : Map.of();
        return of(path, status, headers, detail, null);
    }

    /** An internal error: the log has the cause under an id, and the client gets the id. */
    public static ErrorReply fault(String path, @Nullable Throwable cause) {
        RequestMeters.failed();
        String id = UUID.randomUUID().toString();
        LOG.errorf(cause, "Internal error %s", id);
        return of(path, 500, Map.of(), "An internal error occurred; the log has its cause under " + id + ".", id);
    }

    /** A problem without a type of its own (RFC 9457, section 4.2.1). */
    private static ErrorReply of(
            String path, int status, Map<String, String> headers, String detail, @Nullable String errorId) {
        if (!isNative(path)) {
            return error(status, headers, detail);
        }
        Response.Status known = Response.Status.fromStatusCode(status);
        String title = known == null ? "Rejected" : known.getReasonPhrase();
        var problem = new Problem("about:blank", title, status, detail, null, errorId);
        return new ErrorReply(status, "application/problem+json", headers, problem);
    }

    private static ErrorReply error(int status, Map<String, String> headers, String text) {
        return new ErrorReply(status, "application/json", headers, Map.of("error", text));
    }

    private static boolean isNative(String path) {
        boolean isBelow =
                path.startsWith(NATIVE) && (path.length() == NATIVE.length() || path.charAt(NATIVE.length()) == '/');
        return isBelow || isWhip(path);
    }

    private static boolean isWhip(String path) {
        return (path.startsWith("/whip/") || path.startsWith("/whep/")) && !Endpoint.isRondevu(path);
    }

    /** Replies to a request that no resource serves. */
    public void send(RoutingContext context) {
        HttpServerResponse response = context.response();
        response.setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, mediaType)
                .putHeader(HttpHeaders.CACHE_CONTROL, Bookmarks.NO_STORE);
        headers.forEach(response::putHeader);
        if (context.request().method().equals(HttpMethod.HEAD)) {
            response.end();
        } else {
            response.end(io.vertx.core.json.Json.encodeToBuffer(body));
        }
    }

    /** Maps whatever a resource throws. */
    public static final class Mapper {
        @ServerExceptionMapper({
            SignalingException.class,
            RefusedBy.class,
            WebApplicationException.class,
            CompletionException.class,
            Throwable.class
        })
        public Response map(Throwable thrown, ServerRequestContext request) {
            var context = (ResteasyReactiveRequestContext) request;
            Futures.decision(thrown)
                    .ifPresent(position -> Bookmarks.set(
                            context.unwrap(RoutingContext.class).response().headers(), position));
            // The header may have been set for a reply that could not be written; it must not be sent twice.
            request.serverResponse().removeResponseHeader(HttpHeaders.CACHE_CONTROL);
            ErrorReply error = error(context.getPath(), thrown);
            Response.ResponseBuilder response = Response.status(error.status())
                    .type(error.mediaType())
                    .header(HttpHeaders.CACHE_CONTROL, Bookmarks.NO_STORE)
                    .entity(error.body());
            error.headers().forEach(response::header);
            return response.build();
        }

        /** @param path normalized and percent-encoded */
        private static ErrorReply error(String path, Throwable thrown) {
            Throwable cause = Futures.cause(thrown);
            if (cause instanceof SignalingException refusal) {
                return of(path, refusal);
            }
            // The framework's own messages are not shown to clients.
            return cause instanceof WebApplicationException e && e.getResponse().getStatus() < 500
                    ? ofStatus(path, e.getResponse().getStatus())
                    : fault(path, thrown);
        }
    }
}
