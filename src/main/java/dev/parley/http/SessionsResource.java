package dev.parley.http;

import dev.parley.http.Views.EventsView;
import dev.parley.http.Views.ExtendedView;
import dev.parley.http.Views.JoinedView;
import dev.parley.http.Views.ListingsView;
import dev.parley.http.Views.SessionView;
import dev.parley.http.Views.TrickledView;
import dev.parley.session.Joined;
import dev.parley.session.Session;
import dev.parley.session.SessionKey;
import dev.parley.signaling.Signaling;
import dev.parley.store.Served;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
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
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.Optional;
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
    private final LongPoll longPoll;
    private final EventStreams streams;
    private final HttpSettings settings;
    private final Patience patience;

    public SessionsResource(
            Signaling signaling, LongPoll longPoll, EventStreams streams, HttpSettings settings, Patience patience) {
        this.signaling = signaling;
        this.longPoll = longPoll;
        this.streams = streams;
        this.settings = settings;
        this.patience = patience;
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
            @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String ifNoneMatch,
            @Context RoutingContext client) {
        SessionKey key = caller.key(code);
        Optional<Duration> wait = ifNoneMatch == null ? Optional.empty() : caller.patience(patience.waitMax());
        return longPoll.reply(
                        client,
                        caller.readFrom(),
                        key,
                        new SessionQuestion(signaling, key, ifNoneMatch),
                        wait.orElse(Duration.ZERO))
                .thenApply(served -> {
                    Session session = served.result();
                    RestResponse.ResponseBuilder<SessionView> reply =
                            EntityTags.noneMatchNames(ifNoneMatch, session.seq())
                                    ? Replies.reply(Status.NOT_MODIFIED, served)
                                    : Replies.reply(Status.OK, served, SessionView.of(session));
                    return Replies.applied(wait, reply)
                            .header(HttpHeaders.ETAG, EntityTags.of(session.seq()))
                            .build();
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
            @QueryParam("limit") @Nullable String limit,
            @Context RoutingContext client) {
        SessionKey key = caller.key(code);
        long seen = Query.after(after);
        var question = new EventsQuestion(signaling, key, seen, Query.limit(limit, settings.pageMax()));
        Optional<Duration> wait = caller.patience(patience.waitMax());
        return longPoll.reply(client, caller.readFrom(), key, question, wait.orElse(Duration.ZERO))
                .thenApply(served -> Replies.applied(
                                wait,
                                Replies.reply(
                                        Status.OK,
                                        served,
                                        EventsView.of(served.result().list(), seen)))
                        .build());
    }

    @GET
    @Path("/{code}/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public CompletionStage<RestResponse<EventStream>> stream(
            @BeanParam Caller caller,
            @PathParam("code") String code,
            @QueryParam("after") @Nullable String after,
            @HeaderParam(HttpHeaders.LAST_EVENT_ID_HEADER) @Nullable String lastEventId,
            @Context RoutingContext client) {
        long seen = Query.after(after);
        long last = Query.lastEventId(lastEventId, seen);
        return streams.open(client, caller.readFrom(), caller.key(code), last)
                .thenApply(served -> Replies.reply(Status.OK, served, served.result())
                        .header("X-Accel-Buffering", "no")
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
