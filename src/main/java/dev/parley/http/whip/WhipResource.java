package dev.parley.http.whip;

import static jakarta.ws.rs.core.HttpHeaders.CACHE_CONTROL;
import static jakarta.ws.rs.core.HttpHeaders.ETAG;
import static jakarta.ws.rs.core.HttpHeaders.IF_MATCH;
import static jakarta.ws.rs.core.HttpHeaders.LINK;
import static jakarta.ws.rs.core.HttpHeaders.LOCATION;

import dev.parley.http.Bookmarks;
import dev.parley.http.Caller;
import dev.parley.http.EntityTags;
import dev.parley.http.access.Authenticator;
import dev.parley.http.access.ClientLimits;
import dev.parley.http.access.Namespaces;
import dev.parley.http.access.OwnOrigin;
import dev.parley.http.wait.EventLoop;
import dev.parley.ice.IceServers;
import dev.parley.ice.IceServers.IceServer;
import dev.parley.ice.IceUri;
import dev.parley.ice.TurnSecret.TurnCredential;
import dev.parley.session.Namespace;
import dev.parley.session.Session;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException.PreconditionMissing;
import dev.parley.session.SignalingException.SessionChanged;
import dev.parley.session.Trickle;
import dev.parley.signaling.Signaling;
import dev.parley.store.Served;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.OPTIONS;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.Status;
import org.jspecify.annotations.Nullable;

/** The endpoints and sessions of WHIP and WHEP. */
@Tag(name = "whip")
@Path("/")
@NonBlocking
public final class WhipResource {
    /** The paths of the topics "offer" and "sessions" are those of the compatible API, in which "whip" may be a topic. */
    private static final String TOPIC = "{topic:(?!(?:offer|sessions)$)[^/]+}";

    private final Signaling signaling;
    private final Answers answers;
    private final ClientLimits limits;
    private final IceServers iceServers;
    private final Authenticator authenticator;
    private final OwnOrigin ownOrigin;
    private final SecureRandom random;

    public WhipResource(
            Signaling signaling,
            Answers answers,
            ClientLimits limits,
            IceServers iceServers,
            Authenticator authenticator,
            OwnOrigin ownOrigin,
            SecureRandom random) {
        this.signaling = signaling;
        this.answers = answers;
        this.limits = limits;
        this.iceServers = iceServers;
        this.authenticator = authenticator;
        this.ownOrigin = ownOrigin;
        this.random = random;
    }

    @Operation(operationId = "openWhip", summary = "Offer media to the peer that watches a topic (WHIP)")
    @APIResponseSchema(value = String.class, responseCode = "201")
    @POST
    @Path("whip/" + TOPIC)
    @Consumes(SdpOffer.TYPE)
    @Produces(SdpOffer.TYPE)
    public CompletionStage<byte[]> openWhip(
            @Context RoutingContext client,
            @PathParam("topic") String topic,
            @QueryParam("namespace") @Nullable String namespace,
            SdpOffer offer) {
        return open(client, Protocol.WHIP, topic, namespace, offer);
    }

    @Operation(operationId = "openWhep", summary = "Request media from the peer that watches a topic (WHEP)")
    @APIResponseSchema(value = String.class, responseCode = "201")
    @POST
    @Path("whep/" + TOPIC)
    @Consumes(SdpOffer.TYPE)
    @Produces(SdpOffer.TYPE)
    public CompletionStage<byte[]> openWhep(
            @Context RoutingContext client,
            @PathParam("topic") String topic,
            @QueryParam("namespace") @Nullable String namespace,
            SdpOffer offer) {
        return open(client, Protocol.WHEP, topic, namespace, offer);
    }

    @Operation(operationId = "checkWhip", summary = "Check that this is a WHIP endpoint")
    @GET
    @Path("whip/" + TOPIC)
    public void checkWhip(@Context RoutingContext client, @PathParam("topic") String topic) {
        client.response().putHeader(CACHE_CONTROL, Bookmarks.NO_STORE);
    }

    /** A player recognizes the endpoint by the type of the reply to HEAD (draft-ietf-wish-whep, section 4.2). */
    @Operation(operationId = "checkWhep", summary = "Check that this is a WHEP endpoint")
    @GET
    @Path("whep/" + TOPIC)
    @Produces(SdpOffer.TYPE)
    public byte[] checkWhep(@Context RoutingContext client, @PathParam("topic") String topic) {
        client.response().putHeader(CACHE_CONTROL, Bookmarks.NO_STORE);
        return new byte[0];
    }

    @Operation(hidden = true) // OpenAPI documents of other paths do not list OPTIONS either
    @OPTIONS
    @Path("whip/" + TOPIC)
    public RestResponse<Void> optionsOfWhip(@Context RoutingContext client, @PathParam("topic") String topic) {
        return options(client);
    }

    @Operation(hidden = true)
    @OPTIONS
    @Path("whep/" + TOPIC)
    public RestResponse<Void> optionsOfWhep(@Context RoutingContext client, @PathParam("topic") String topic) {
        return options(client);
    }

    @Operation(operationId = "trickleWhip", summary = "Add ICE candidates of a WHIP client")
    @PATCH
    @Path("whip/sessions/{session}")
    @Consumes(SdpFragment.TYPE)
    public CompletionStage<@Nullable Void> trickleWhip(
            @Context RoutingContext client,
            @PathParam("session") String session,
            @QueryParam("namespace") @Nullable String namespace,
            SdpFragment fragment) {
        return trickle(client, SessionHandle.of(Protocol.WHIP, session), namespace, fragment);
    }

    @Operation(operationId = "trickleWhep", summary = "Add ICE candidates of a WHEP player")
    @PATCH
    @Path("whep/sessions/{session}")
    @Consumes(SdpFragment.TYPE)
    public CompletionStage<@Nullable Void> trickleWhep(
            @Context RoutingContext client,
            @PathParam("session") String session,
            @QueryParam("namespace") @Nullable String namespace,
            SdpFragment fragment) {
        return trickle(client, SessionHandle.of(Protocol.WHEP, session), namespace, fragment);
    }

    @Operation(operationId = "checkWhipSession", summary = "Check that a WHIP session exists")
    @GET
    @Path("whip/sessions/{session}")
    public CompletionStage<@Nullable Void> checkWhipSession(
            @Context RoutingContext client,
            @PathParam("session") String session,
            @QueryParam("namespace") @Nullable String namespace) {
        return check(client, SessionHandle.of(Protocol.WHIP, session), namespace);
    }

    @Operation(operationId = "checkWhepSession", summary = "Check that a WHEP session exists")
    @GET
    @Path("whep/sessions/{session}")
    public CompletionStage<@Nullable Void> checkWhepSession(
            @Context RoutingContext client,
            @PathParam("session") String session,
            @QueryParam("namespace") @Nullable String namespace) {
        return check(client, SessionHandle.of(Protocol.WHEP, session), namespace);
    }

    @Operation(operationId = "closeWhip", summary = "End a WHIP session")
    @DELETE
    @Path("whip/sessions/{session}")
    public CompletionStage<RestResponse<Void>> closeWhip(
            @Context RoutingContext client,
            @PathParam("session") String session,
            @QueryParam("namespace") @Nullable String namespace) {
        return close(client, SessionHandle.of(Protocol.WHIP, session), namespace);
    }

    @Operation(operationId = "closeWhep", summary = "End a WHEP session")
    @DELETE
    @Path("whep/sessions/{session}")
    public CompletionStage<RestResponse<Void>> closeWhep(
            @Context RoutingContext client,
            @PathParam("session") String session,
            @QueryParam("namespace") @Nullable String namespace) {
        return close(client, SessionHandle.of(Protocol.WHEP, session), namespace);
    }

    private CompletionStage<byte[]> open(
            RoutingContext client, Protocol protocol, String topic, @Nullable String named, SdpOffer offer) {
        var caller = new Caller(client);
        var handle = SessionHandle.random(protocol, random);
        return answers.answer(client, namespace(client, named), topic, handle, offer.description())
                .thenApply(served -> {
                    HttpServerResponse response = caller.response();
                    response.putHeader(LOCATION, location(client, handle, named))
                            .putHeader(ETAG, offer.entityTag(handle));
                    addIceServers(response);
                    return caller.reply(Status.CREATED, served, served.result().utf8());
                });
    }

    private CompletionStage<@Nullable Void> trickle(
            RoutingContext client, SessionHandle handle, @Nullable String named, SdpFragment fragment) {
        var caller = new Caller(client);
        SessionKey key = key(client, handle, named);
        EntityTags ifMatch = caller.entityTags(IF_MATCH);
        if (ifMatch.isNone()) {
            throw new PreconditionMissing();
        }
        return signaling
                .session(caller.readFrom(), key)
                .thenComposeAsync(read -> trickle(caller, key, handle, ifMatch, fragment, read), EventLoop.current());
    }

    private CompletionStage<@Nullable Void> trickle(
            Caller caller,
            SessionKey key,
            SessionHandle handle,
            EntityTags ifMatch,
            SdpFragment fragment,
            Served<Session> read) {
        SdpOffer offer =
                SdpOffer.parse(Objects.requireNonNull(read.result().offerer().description()));
        if (!ifMatch.allows(offer.entityTag(handle))) {
            throw new SessionChanged();
        }
        Trickle trickle = fragment.of(offer);
        if (trickle.size() == 0) {
            caller.setHead(Status.NO_CONTENT, read);
            return CompletableFuture.completedStage(null);
        }
        return signaling
                .trickle(key, handle.token(), trickle, null)
                .thenAccept(served -> caller.setHead(Status.NO_CONTENT, served));
    }

    private CompletionStage<@Nullable Void> check(RoutingContext client, SessionHandle handle, @Nullable String named) {
        var caller = new Caller(client);
        return signaling
                .session(caller.readFrom(), key(client, handle, named))
                .thenAccept(served -> caller.setHead(Status.NO_CONTENT, served));
    }

    private CompletionStage<RestResponse<Void>> close(
            RoutingContext client, SessionHandle handle, @Nullable String named) {
        var caller = new Caller(client);
        return signaling
                .close(key(client, handle, named), handle.token())
                .thenApply(served -> caller.reply(Status.OK, served, RestResponse.ok()));
    }

    /** Without a credential where one is required, a client learns nothing of the ICE servers. */
    private RestResponse<Void> options(RoutingContext client) {
        HttpServerResponse response = client.response();
        response.putHeader("Accept-Post", SdpOffer.TYPE)
                .putHeader("Allow", "GET, HEAD, OPTIONS, POST")
                .putHeader(CACHE_CONTROL, Bookmarks.NO_STORE);
        if (!authenticator.isRequired() || Authenticator.credential(client) != null) {
            addIceServers(response);
        }
        return RestResponse.ok();
    }

    /** RFC 9725, section 4.6. */
    private void addIceServers(HttpServerResponse response) {
        for (IceServer server : iceServers.grant().servers()) {
            TurnCredential credential = server.credential();
            String parameters = credential == null
                    ? ""
                    : "; username=\"" + credential.username() + "\"; credential=\"" + credential.password()
                            + "\"; credential-type=\"password\"";
            for (IceUri uri : server.urls()) {
                response.headers().add(LINK, "<" + uri.text() + ">; rel=\"ice-server\"" + parameters);
            }
        }
    }

    private SessionKey key(RoutingContext client, SessionHandle handle, @Nullable String named) {
        var key = new SessionKey(namespace(client, named), handle.code());
        limits.checkLookup(client, key);
        return key;
    }

    /** An encoder that can set no header names its namespace in the URL. */
    private static Namespace namespace(RoutingContext client, @Nullable String named) {
        return isNamed(client, named) ? Namespaces.named("namespace", String.valueOf(named)) : Namespaces.of(client);
    }

    private static boolean isNamed(RoutingContext client, @Nullable String named) {
        return named != null && !named.isEmpty() && Authenticator.credential(client) == null;
    }

    /**
     * A reference that works behind any proxy; absolute where the public URL is configured, because there are clients that resolve no
     * reference.
     */
    private String location(RoutingContext client, SessionHandle handle, @Nullable String named) {
        String origin = Objects.requireNonNullElse(ownOrigin.configured(), "");
        String path = origin + "/" + handle.protocol().word() + "/sessions/" + handle.text();
        return isNamed(client, named)
                ? path + "?namespace=" + URLEncoder.encode(String.valueOf(named), StandardCharsets.UTF_8)
                : path;
    }
}
