package dev.parley.http;

import dev.parley.session.SignalingException;
import dev.parley.store.Futures;
import dev.parley.store.RefusedBy;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletionException;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/** Maps whatever a resource throws to an {@link ErrorReply}. */
public final class Problems {
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
            return ErrorReply.of(path, refusal);
        }
        // The framework's own messages are not shown to clients.
        return cause instanceof WebApplicationException e && e.getResponse().getStatus() < 500
                ? ErrorReply.ofStatus(path, e.getResponse().getStatus())
                : ErrorReply.fault(path, thrown);
    }
}
