package dev.parley.http.api;

import dev.parley.http.Bookmarks;
import dev.parley.http.Caller;
import dev.parley.http.EntityTags;
import dev.parley.http.HttpConfig;
import dev.parley.http.QueryParameters;
import dev.parley.http.Views.EventsView;
import dev.parley.http.Views.ExtendedView;
import dev.parley.http.Views.IceServersView;
import dev.parley.http.Views.JoinedView;
import dev.parley.http.Views.ListingsView;
import dev.parley.http.Views.MessagesView;
import dev.parley.http.Views.SessionView;
import dev.parley.http.Views.TopicsView;
import dev.parley.http.access.ClientLimits;
import dev.parley.http.wait.EventStreams;
import dev.parley.http.wait.EventStreams.EventStream;
import dev.parley.http.wait.LongPoll;
import dev.parley.http.wait.SharedStreams;
import dev.parley.http.wait.SharedStreams.SharedStream;
import dev.parley.http.wait.TopicPoll;
import dev.parley.http.wait.TopicStreams;
import dev.parley.http.wait.TopicStreams.TopicStream;
import dev.parley.ice.IceServers;
import dev.parley.session.Listing;
import dev.parley.session.Opening.Joined;
import dev.parley.session.Page;
import dev.parley.session.Page.Cursor;
import dev.parley.session.Session;
import dev.parley.session.Session.SessionVersion;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.TopicKey;
import dev.parley.session.Trickle.Trickled;
import dev.parley.signaling.Signaling;
import dev.parley.store.Served;
import dev.parley.waiting.WaitConfig;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse.Status;
import org.jspecify.annotations.Nullable;

/** The native API: open, find, read, answer, trickle, renegotiate, extend and close sessions; list topics; get ICE servers. */
@Tag(name = "sessions")
@Path("/api/v1")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public final class NativeResource {
    private final Signaling signaling;
    private final ClientLimits limits;
    private final LongPoll longPoll;
    private final EventStreams streams;
    private final TopicPoll topicPoll;
    private final TopicStreams topicStreams;
    private final SharedStreams sharedStreams;
    private final IceServers iceServers;
    private final HttpConfig config;
    private final WaitConfig waiting;

    public NativeResource(
            Signaling signaling,
            ClientLimits limits,
            LongPoll longPoll,
            EventStreams streams,
            TopicPoll topicPoll,
            TopicStreams topicStreams,
            SharedStreams sharedStreams,
            IceServers iceServers,
            HttpConfig config,
            WaitConfig waiting) {
        this.signaling = signaling;
        this.limits = limits;
        this.longPoll = longPoll;
        this.streams = streams;
        this.topicPoll = topicPoll;
        this.topicStreams = topicStreams;
        this.sharedStreams = sharedStreams;
        this.iceServers = iceServers;
        this.config = config;
        this.waiting = waiting;
    }

    @Operation(operationId = "openSession", summary = "Open a session with an offer")
    @POST
    @Path("/sessions")
    public CompletionStage<JoinedView> open(@Context RoutingContext client, Requests.Open request) {
        var caller = new Caller(client);
        return signaling
                .open(caller.namespace(), request.opening(caller.token()))
                .thenApply(served -> joined(caller, served, Status.CREATED));
    }

    @Tag(name = "discovery")
    @Operation(operationId = "findSessions", summary = "Find unanswered sessions, newest first")
    @GET
    @Path("/sessions")
    public CompletionStage<@Nullable ListingsView> discover(
            @Context RoutingContext client,
            @QueryParam("topic") @Nullable String topic,
            @QueryParam("tag") @Nullable String tag,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        var caller = new Caller(client);
        EntityTags ifNoneMatch = caller.entityTags(HttpHeaders.IF_NONE_MATCH);
        String ofTopic = QueryParameters.filter(topic);
        String withTag = QueryParameters.filter(tag);
        Cursor after = QueryParameters.cursor(cursor);
        int max = QueryParameters.limit(limit, config.pageMax());
        CompletionStage<Served<Page<Listing>>> page;
        Optional<Duration> wait = Optional.empty();
        if (ofTopic != null && after == null && !ifNoneMatch.isNone()) {
            wait = caller.requestedWait(waiting.max());
        }
        if (ofTopic != null && wait.isPresent()) {
            var key = new TopicKey(caller.namespace(), ofTopic);
            page = topicPoll.page(client, caller.readFrom(), key, withTag, max, ifNoneMatch, wait.get());
        } else {
            page = signaling.discover(caller.readFrom(), caller.namespace(), ofTopic, withTag, after, max);
        }
        Optional<Duration> applied = wait;
        return page.thenApply(served -> {
            String entityTag = EntityTags.of(served.result());
            caller.applied(applied);
            caller.response().putHeader(HttpHeaders.ETAG, entityTag);
            if (ifNoneMatch.names(entityTag)) {
                caller.notModified(served);
                return null;
            }
            return caller.reply(Status.OK, served, ListingsView.of(served.result()));
        });
    }

    @Operation(hidden = true) // a second form of findSessions
    @GET
    @Path("/sessions")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public CompletionStage<TopicStream> watch(
            @Context RoutingContext client,
            @QueryParam("topic") @Nullable String topic,
            @QueryParam("tag") @Nullable String tag) {
        var caller = new Caller(client);
        caller.readFrom(); // a malformed bookmark is rejected here, too
        String watched = QueryParameters.filter(topic);
        if (watched == null) {
            throw new Malformed("topic is required for a stream of sessions.");
        }
        return topicStreams
                .open(client, new TopicKey(caller.namespace(), watched), QueryParameters.filter(tag))
                .thenApply(served -> caller.reply(Status.OK, served, served.result()));
    }

    @Tag(name = "discovery")
    @Operation(operationId = "findTopics", summary = "List topics with unanswered sessions in alphabetical order")
    @GET
    @Path("/topics")
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

    @Operation(operationId = "readSession", summary = "Read a session")
    @GET
    @Path("/sessions/{code}")
    public CompletionStage<@Nullable SessionView> session(
            @Context RoutingContext client, @PathParam("code") String code) {
        var caller = new Caller(client);
        SessionKey key = caller.key(limits, code);
        EntityTags ifNoneMatch = caller.entityTags(HttpHeaders.IF_NONE_MATCH);
        Optional<Duration> wait = ifNoneMatch.isNone() ? Optional.empty() : caller.requestedWait(waiting.max());
        return wait.map(time -> longPoll.session(client, caller.readFrom(), key, ifNoneMatch, time))
                .orElseGet(() -> signaling.session(caller.readFrom(), key))
                .thenApply(served -> {
                    Session session = served.result();
                    caller.applied(wait);
                    caller.response().putHeader(HttpHeaders.ETAG, EntityTags.of(session.version()));
                    if (ifNoneMatch.names(session.version())) {
                        caller.notModified(served);
                        return null;
                    }
                    return caller.reply(Status.OK, served, SessionView.of(session));
                });
    }

    @Operation(operationId = "answerSession", summary = "Answer a session; the first answer is final")
    @PUT
    @Path("/sessions/{code}/answer")
    public CompletionStage<JoinedView> answer(
            @Context RoutingContext client, @PathParam("code") String code, Requests.Answer request) {
        var caller = new Caller(client);
        return signaling
                .answer(
                        caller.key(limits, code),
                        request.description(),
                        request.generation(),
                        request.trickle(),
                        caller.token())
                .thenApply(served -> joined(caller, served, Status.CREATED));
    }

    @Operation(operationId = "trickle", summary = "Add ICE candidates for the token's side, each once")
    @APIResponseSchema(value = Trickled.class, responseCode = "201")
    @POST
    @Path("/sessions/{code}/candidates")
    public CompletionStage<Trickled> trickle(
            @Context RoutingContext client, @PathParam("code") String code, Requests.Candidates request) {
        var caller = new Caller(client);
        return signaling
                .trickle(caller.key(limits, code), caller.token(), request.trickle(), request.generation())
                .thenApply(served -> caller.reply(Status.CREATED, served, served.result()));
    }

    @Operation(operationId = "renegotiate", summary = "Replace the offer, which starts a new generation")
    @PUT
    @Path("/sessions/{code}/offer")
    public CompletionStage<JoinedView> restart(
            @Context RoutingContext client, @PathParam("code") String code, Requests.Offer request) {
        var caller = new Caller(client);
        return signaling
                .restart(
                        caller.key(limits, code),
                        caller.token(),
                        caller.entityTags(HttpHeaders.IF_MATCH).required(),
                        request.description())
                .thenApply(served -> joined(caller, served, Status.OK));
    }

    @Operation(operationId = "readEvents", summary = "Read the events of a session in commit order")
    @GET
    @Path("/sessions/{code}/events")
    public CompletionStage<EventsView> events(
            @Context RoutingContext client,
            @PathParam("code") String code,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        var caller = new Caller(client);
        SessionKey key = caller.key(limits, code);
        long seen = QueryParameters.after(after);
        int max = QueryParameters.limit(limit, config.pageMax());
        Optional<Duration> wait = caller.requestedWait(waiting.max());
        return wait.map(time -> longPoll.events(client, caller.readFrom(), key, seen, max, time))
                .orElseGet(() -> signaling.events(caller.readFrom(), key, seen, max))
                .thenApply(served -> {
                    caller.applied(wait);
                    return caller.reply(
                            Status.OK, served, EventsView.of(served.result().list(), seen));
                });
    }

    @Operation(hidden = true) // a second form of readEvents
    @GET
    @Path("/sessions/{code}/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public CompletionStage<EventStream> stream(
            @Context RoutingContext client,
            @PathParam("code") String code,
            @QueryParam("after") @Nullable String after,
            @HeaderParam(HttpHeaders.LAST_EVENT_ID_HEADER) @Nullable String lastEventId) {
        var caller = new Caller(client);
        long seen = QueryParameters.after(after);
        return streams.open(client, caller.readFrom(), caller.key(limits, code), seen, lastEventId)
                .thenApply(served -> caller.reply(Status.OK, served, served.result()));
    }

    @Operation(operationId = "watch", summary = "Watch sessions and topics with one request")
    @POST
    @Path("/events")
    public CompletionStage<MessagesView> pollAll(@Context RoutingContext client, Requests.Watches request) {
        var caller = new Caller(client);
        Optional<Duration> wait = caller.requestedWait(waiting.max());
        return sharedStreams
                .poll(client, request.targets(waiting.perRequest()), wait.orElse(Duration.ZERO))
                .thenApply(messages -> {
                    caller.applied(wait);
                    return messages;
                });
    }

    @Operation(hidden = true) // a second form of watch
    @POST
    @Path("/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public CompletionStage<SharedStream> streamAll(@Context RoutingContext client, Requests.Watches request) {
        return sharedStreams.stream(client, request.targets(waiting.perRequest()));
    }

    @Operation(operationId = "extendSession", summary = "Extend or shorten the life of a session")
    @PATCH
    @Path("/sessions/{code}")
    public CompletionStage<ExtendedView> extend(
            @Context RoutingContext client, @PathParam("code") String code, Requests.Ttl request) {
        var caller = new Caller(client);
        return signaling
                .extend(caller.key(limits, code), caller.token(), request.duration())
                .thenApply(served -> {
                    SessionVersion version = served.result();
                    caller.response().putHeader(HttpHeaders.ETAG, EntityTags.of(version));
                    return caller.reply(Status.OK, served, new ExtendedView(version.expiresAt()));
                });
    }

    @Operation(operationId = "closeSession", summary = "Delete a session with its history")
    @DELETE
    @Path("/sessions/{code}")
    @Consumes(MediaType.WILDCARD)
    public CompletionStage<@Nullable Void> close(@Context RoutingContext client, @PathParam("code") String code) {
        var caller = new Caller(client);
        return signaling
                .close(caller.key(limits, code), caller.token())
                .thenAccept(served -> caller.setHead(Status.NO_CONTENT, served));
    }

    /** Needs no store, so it works while the store is unavailable. */
    @Tag(name = "ice")
    @Operation(operationId = "findIceServers", summary = "Get the STUN and TURN servers")
    @GET
    @Path("/ice-servers")
    public IceServersView iceServers(@Context RoutingContext client) {
        client.response().putHeader(HttpHeaders.CACHE_CONTROL, Bookmarks.NO_STORE);
        return IceServersView.of(iceServers.grant());
    }

    /** @param first the status where this call changed something; a replay is 200 */
    private static JoinedView joined(Caller caller, Served<Joined> served, Status first) {
        Joined joined = served.result();
        caller.response()
                .putHeader(HttpHeaders.LOCATION, "/api/v1/sessions/" + joined.code())
                .putHeader(HttpHeaders.ETAG, EntityTags.of(joined.version()));
        return caller.reply(joined.replay() ? Status.OK : first, served, JoinedView.of(joined));
    }
}
