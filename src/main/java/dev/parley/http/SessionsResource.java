package dev.parley.http;

import dev.parley.http.Views.EventsView;
import dev.parley.http.Views.ExtendedView;
import dev.parley.http.Views.JoinedView;
import dev.parley.http.Views.ListingsView;
import dev.parley.http.Views.SessionView;
import dev.parley.http.Views.TrickledView;
import dev.parley.session.Joined;
import dev.parley.session.Session;
import dev.parley.signaling.Signaling;
import dev.parley.store.Served;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.concurrent.CompletionStage;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.Status;
import org.jspecify.annotations.Nullable;

/** Sessions: open, find, read, answer, trickle, renegotiate, extend, close. */
@Path("/api/v1/sessions")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public final class SessionsResource {
    private final Signaling signaling;
    private final HttpSettings settings;

    public SessionsResource(Signaling signaling, HttpSettings settings) {
        this.signaling = signaling;
        this.settings = settings;
    }

    @POST
    public CompletionStage<RestResponse<JoinedView>> open(@BeanParam Caller caller, Requests.Open request) {
        return signaling
                .open(caller.namespace(), request.opening(caller.token()))
                .thenApply(served -> joined(served, Status.CREATED));
    }

    @GET
    public CompletionStage<RestResponse<ListingsView>> discover(
            @BeanParam Caller caller,
            @QueryParam("topic") @Nullable String topic,
            @QueryParam("tag") @Nullable String tag,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        return signaling
                .discover(
                        caller.readFrom(),
                        caller.namespace(),
                        Query.filter(topic),
                        Query.filter(tag),
                        Query.cursor(cursor),
                        Query.limit(limit, settings.pageMax()))
                .thenApply(served -> Replies.reply(Status.OK, served, ListingsView.of(served.result()))
                        .build());
    }

    @GET
    @Path("/{code}")
    public CompletionStage<RestResponse<SessionView>> session(
            @BeanParam Caller caller,
            @PathParam("code") String code,
            @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String ifNoneMatch) {
        return signaling.session(caller.readFrom(), caller.key(code)).thenApply(served -> {
            Session session = served.result();
            RestResponse.ResponseBuilder<SessionView> reply = EntityTags.noneMatchNames(ifNoneMatch, session.seq())
                    ? Replies.reply(Status.NOT_MODIFIED, served)
                    : Replies.reply(Status.OK, served, SessionView.of(session));
            return reply.header(HttpHeaders.ETAG, EntityTags.of(session.seq())).build();
        });
    }

    @PUT
    @Path("/{code}/answer")
    public CompletionStage<RestResponse<JoinedView>> answer(
            @BeanParam Caller caller, @PathParam("code") String code, Requests.Answer request) {
        return signaling
                .answer(
                        caller.key(code),
                        request.description(),
                        request.generation(),
                        request.trickle(),
                        caller.token())
                .thenApply(served -> joined(served, Status.CREATED));
    }

    @POST
    @Path("/{code}/candidates")
    public CompletionStage<RestResponse<TrickledView>> trickle(
            @BeanParam Caller caller, @PathParam("code") String code, Requests.Candidates request) {
        return signaling
                .trickle(caller.key(code), caller.token(), request.trickle(), request.generation())
                .thenApply(served -> Replies.reply(
                                Status.CREATED,
                                served,
                                new TrickledView(
                                        served.result().seq(), served.result().added()))
                        .build());
    }

    @PUT
    @Path("/{code}/offer")
    public CompletionStage<RestResponse<JoinedView>> restart(
            @BeanParam Caller caller,
            @PathParam("code") String code,
            @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch,
            Requests.Offer request) {
        return signaling
                .restart(caller.key(code), caller.token(), EntityTags.ifMatch(ifMatch), request.description())
                .thenApply(served -> joined(served, Status.OK));
    }

    @GET
    @Path("/{code}/events")
    public CompletionStage<RestResponse<EventsView>> events(
            @BeanParam Caller caller,
            @PathParam("code") String code,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        long seen = Query.after(after);
        return signaling
                .events(caller.readFrom(), caller.key(code), seen, Query.limit(limit, settings.pageMax()))
                .thenApply(served -> Replies.reply(Status.OK, served, EventsView.of(served.result(), seen))
                        .build());
    }

    @PATCH
    @Path("/{code}")
    public CompletionStage<RestResponse<ExtendedView>> extend(
            @BeanParam Caller caller, @PathParam("code") String code, Requests.Ttl request) {
        return signaling
                .extend(caller.key(code), caller.token(), request.duration())
                .thenApply(served -> Replies.reply(Status.OK, served, new ExtendedView(served.result()))
                        .build());
    }

    @DELETE
    @Path("/{code}")
    @Consumes(MediaType.WILDCARD)
    public CompletionStage<RestResponse<Void>> close(@BeanParam Caller caller, @PathParam("code") String code) {
        return signaling
                .close(caller.key(code), caller.token())
                .thenApply(
                        served -> Replies.<Void>reply(Status.NO_CONTENT, served).build());
    }

    /** @param first the status where this call changed something; a replay is 200 */
    private static RestResponse<JoinedView> joined(Served<Joined> served, Status first) {
        Joined joined = served.result();
        return Replies.reply(joined.replay() ? Status.OK : first, served, JoinedView.of(joined))
                .header(HttpHeaders.LOCATION, "/api/v1/sessions/" + joined.code())
                .header(HttpHeaders.ETAG, EntityTags.of(joined.seq()))
                .build();
    }
}
