package dev.parley.http.api;

import dev.parley.http.Replies;
import dev.parley.http.Views.IceServersView;
import dev.parley.ice.IceServers;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The STUN and TURN servers, with credentials. */
@Tag(name = "ice")
@Path("/api/v1/ice-servers")
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public final class IceServersResource {
    private final IceServers servers;

    public IceServersResource(IceServers servers) {
        this.servers = servers;
    }

    /** Needs no store, so it works while the store is unavailable. */
    @Operation(operationId = "findIceServers", summary = "Get the STUN and TURN servers")
    @GET
    public IceServersView iceServers(@Context RoutingContext client) {
        client.response().putHeader(HttpHeaders.CACHE_CONTROL, Replies.NO_STORE);
        return IceServersView.of(servers.grant());
    }
}
