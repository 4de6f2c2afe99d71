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

/** STUN and TURN: where a peer learns its own addresses, and what carries its packets where no direct way leads. */
@Path("/api/v1/ice-servers")
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public final class IceServersResource {
    private final IceServers servers;

    public IceServersResource(IceServers servers) {
        this.servers = servers;
    }

    /** Nothing of it is in the store, so it is there while the store is not. */
    @GET
    public IceServersView iceServers(@Context RoutingContext client) {
        client.response().putHeader(HttpHeaders.CACHE_CONTROL, Replies.NO_STORE);
        return IceServersView.of(servers.grant());
    }
}
