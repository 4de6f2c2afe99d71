package dev.parley.http;

import dev.parley.http.access.CredentialEnded;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.Passing;
import dev.parley.session.SignalingException.TokenMissing;
import dev.parley.store.RefusedBy;
import dev.parley.store.ReplyPosition;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletionException;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/** The one place where what a resource throws becomes a reply. Its form is {@link ErrorReply}'s business. */
public final class Problems {
    @ServerExceptionMapper
    public Response refused(SignalingException refusal, ServerRequestContext request) {
        Response.ResponseBuilder reply = reply(request, ErrorReply.refusal(path(request), refusal));
        if (refusal instanceof Passing passing) {
            reply.header(HttpHeaders.RETRY_AFTER, passing.retryAfter().toSeconds());
        }
        if (refusal instanceof TokenMissing) {
            reply.header(HttpHeaders.WWW_AUTHENTICATE, "Session-Token");
        }
        return reply.build();
    }

    @ServerExceptionMapper
    public Response refusedBy(RefusedBy by, ServerRequestContext request) {
        ReplyPosition from = by.standpoint();
        HttpServerResponse response = ((ResteasyReactiveRequestContext) request)
                .unwrap(RoutingContext.class)
                .response();
        Replies.dress(response.headers(), from.bookmark(), from.node(), from.reset());
        return refused(by.refusal(), request);
    }

    /** What the framework refuses: no such path, method, media type … Its own message stays inside. */
    @ServerExceptionMapper
    public Response refusedByFramework(WebApplicationException e, ServerRequestContext request) {
        int status = e.getResponse().getStatus();
        if (status >= 500) {
            return fault(e, request);
        }
        Response.ResponseBuilder reply = reply(request, ErrorReply.ofStatus(path(request), status));
        if (e instanceof NotAllowedException) {
            reply.header(HttpHeaders.ALLOW, String.join(", ", AllowedMethods.at(path(request))));
        }
        if (e instanceof CredentialEnded) {
            reply.header(HttpHeaders.WWW_AUTHENTICATE, e.getResponse().getHeaderString(HttpHeaders.WWW_AUTHENTICATE));
        }
        return reply.build();
    }

    @ServerExceptionMapper
    public Response failed(CompletionException e, ServerRequestContext request) {
        if (e.getCause() instanceof CredentialEnded ended) {
            return refusedByFramework(ended, request);
        }
        if (e.getCause() instanceof RefusedBy by) {
            return refusedBy(by, request);
        }
        return e.getCause() instanceof SignalingException refusal ? refused(refusal, request) : fault(e, request);
    }

    @ServerExceptionMapper
    public Response fault(Throwable e, ServerRequestContext request) {
        return reply(request, ErrorReply.fault(path(request), e)).build();
    }

    /** The path, normalized and percent-encoded; {@link jakarta.ws.rs.core.UriInfo} has it only decoded. */
    private static String path(ServerRequestContext request) {
        return ((ResteasyReactiveRequestContext) request).getPath();
    }

    /** A reply may have been begun that no representation was found for; the header is set by the refusal instead, not twice. */
    private static Response.ResponseBuilder reply(ServerRequestContext request, ErrorReply error) {
        request.serverResponse().removeResponseHeader(HttpHeaders.CACHE_CONTROL);
        return Response.status(error.status())
                .type(error.mediaType())
                .header(HttpHeaders.CACHE_CONTROL, Replies.NO_STORE)
                .entity(error.body());
    }
}
