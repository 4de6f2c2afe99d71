package dev.parley.http.api;

import dev.parley.http.Caller;
import dev.parley.http.HttpConfig;
import dev.parley.http.QueryParameters;
import dev.parley.http.Views.TopicsView;
import dev.parley.signaling.Signaling;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse.Status;
import org.jspecify.annotations.Nullable;

/** The topics with unanswered sessions. */
@Tag(name = "discovery")
@Path("/api/v1/topics")
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public final class TopicsResource {
    private final Signaling signaling;
    private final HttpConfig config;

    public TopicsResource(Signaling signaling, HttpConfig config) {
        this.signaling = signaling;
        this.config = config;
    }

    @Operation(operationId = "findTopics", summary = "List topics with unanswered sessions in alphabetical order")
    @GET
    public CompletionStage<TopicsView> topics(
            @Context RoutingContext client,
            @QueryParam("prefix") @DefaultValue("") String prefix,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        var caller = new Caller(client);
        return signaling
                .topics(
                        caller.readFrom(),
                        caller.namespace(),
                        prefix,
                        QueryParameters.cursor(cursor),
                        QueryParameters.limit(limit, config.pageMax()))
                .thenApply(served -> caller.reply(Status.OK, served, TopicsView.of(served.result())));
    }
}
