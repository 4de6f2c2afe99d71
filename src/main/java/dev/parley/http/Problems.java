package dev.parley.http;

import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.OutOfBounds;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.session.SignalingException.TokenMissing;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jspecify.annotations.Nullable;

/**
 * The one place where a refusal or a fault becomes a reply: {@code application/problem+json} in the native API,
 * {@code {"error"}} with the statuses its clients know in the compatible one.
 */
public final class Problems {
    private static final Logger LOG = Logger.getLogger(Problems.class);

    private static final String NATIVE = "/api/";
    private static final String TYPES = "urn:parley:problem:";
    private static final String PROBLEM_JSON = "application/problem+json";

    @ServerExceptionMapper
    public Response refused(SignalingException refusal, UriInfo uri) {
        boolean compatible = isCompatible(uri);
        Response.ResponseBuilder reply = compatible
                ? error(compatibleStatus(refusal), compatibleText(refusal))
                : problem(new Problem(
                        TYPES + refusal.type(),
                        refusal.title(),
                        refusal.status(),
                        refusal.detail(),
                        refusal instanceof OutOfBounds bounds ? bounds.field() : null,
                        null));
        if (refusal instanceof StoreUnavailable unavailable) {
            reply.header(HttpHeaders.RETRY_AFTER, unavailable.retryAfter().toSeconds());
        }
        if (refusal instanceof TokenMissing) {
            reply.header(HttpHeaders.WWW_AUTHENTICATE, "Session-Token");
        }
        return reply.build();
    }

    /** What the framework refuses: no such path, method, media type … Its own message stays inside. */
    @ServerExceptionMapper
    public Response refusedByFramework(WebApplicationException e, UriInfo uri) {
        int status = e.getResponse().getStatus();
        if (status >= 500) {
            return fault(e, uri);
        }
        Response.ResponseBuilder reply = reply(
                uri,
                status,
                null,
                switch (status) {
                    case 404 -> "There is nothing at this path; see /q/openapi for what there is.";
                    case 405 -> "This path does not take this method; Allow names those it takes.";
                    case 406 -> "The reply is JSON; accept application/json.";
                    case 415 -> "Send the body as application/json.";
                    default -> "The request cannot be understood.";
                });
        if (e instanceof NotAllowedException) {
            reply.header(HttpHeaders.ALLOW, e.getResponse().getHeaderString(HttpHeaders.ALLOW));
        }
        return reply.build();
    }

    @ServerExceptionMapper
    public Response failed(CompletionException e, UriInfo uri) {
        return e.getCause() instanceof SignalingException refusal ? refused(refusal, uri) : fault(e, uri);
    }

    /** Nobody planned for this: the log has the cause under an id, the client has the id. */
    @ServerExceptionMapper
    public Response fault(Throwable e, UriInfo uri) {
        String id = UUID.randomUUID().toString();
        LOG.errorf(e, "Fault %s", id);
        return reply(uri, 500, id, "This is a fault of the service. Its log has more under the id.")
                .build();
    }

    private static Response.ResponseBuilder reply(UriInfo uri, int status, @Nullable String errorId, String detail) {
        if (isCompatible(uri)) {
            return error(status, detail);
        }
        Response.Status known = Response.Status.fromStatusCode(status);
        String title = known == null ? "Refused" : known.getReasonPhrase();
        return problem(new Problem("about:blank", title, status, detail, null, errorId));
    }

    private static boolean isCompatible(UriInfo uri) {
        return !uri.getPath().startsWith(NATIVE);
    }

    /** The compatible API knows no 422. */
    private static int compatibleStatus(SignalingException refusal) {
        return refusal instanceof OutOfBounds ? 400 : refusal.status();
    }

    /** One text its clients look for; the others are ours. */
    private static String compatibleText(SignalingException refusal) {
        return refusal instanceof SessionNotFound ? "Session not found, expired, or origin mismatch" : refusal.detail();
    }

    private static Response.ResponseBuilder problem(Problem problem) {
        return Response.status(problem.status()).type(PROBLEM_JSON).entity(problem);
    }

    private static Response.ResponseBuilder error(int status, String text) {
        return Response.status(status).type(MediaType.APPLICATION_JSON_TYPE).entity(Map.of("error", text));
    }
}
