package dev.parley.http.rondevu;

import static dev.parley.http.rondevu.RondevuBodies.required;
import static java.util.Objects.requireNonNull;

import dev.parley.http.Caller;
import dev.parley.http.HttpConfig;
import dev.parley.http.QueryParameters;
import dev.parley.http.access.ClientLimits;
import dev.parley.http.rondevu.RondevuBodies.Answer;
import dev.parley.http.rondevu.RondevuBodies.Front;
import dev.parley.http.rondevu.RondevuBodies.Offer;
import dev.parley.http.rondevu.RondevuBodies.Opened;
import dev.parley.http.rondevu.RondevuBodies.Pagination;
import dev.parley.http.rondevu.RondevuBodies.Poll;
import dev.parley.http.rondevu.RondevuBodies.Polled;
import dev.parley.http.rondevu.RondevuBodies.Sessions;
import dev.parley.http.rondevu.RondevuBodies.Success;
import dev.parley.http.rondevu.RondevuBodies.TopicSessions;
import dev.parley.http.rondevu.RondevuBodies.Topics;
import dev.parley.session.Candidate;
import dev.parley.session.Description;
import dev.parley.session.SessionKey;
import dev.parley.session.Side;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.TopicPage;
import dev.parley.session.Trickle;
import dev.parley.signaling.SessionConfig;
import dev.parley.signaling.Signaling;
import dev.parley.store.Served;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse.Status;
import org.jspecify.annotations.Nullable;

/** The endpoints that rondevu clients of version 0.1 call. */
@Tag(name = "rondevu")
@Path("/")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public final class RondevuResource {
    private static final int PAGE_DEFAULT = 100;

    private final Signaling signaling;
    private final ClientLimits clientLimits;
    private final HttpConfig config;
    private final SessionConfig limits;
    private final String version;

    public RondevuResource(
            Signaling signaling,
            ClientLimits clientLimits,
            HttpConfig config,
            SessionConfig limits,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.signaling = signaling;
        this.clientLimits = clientLimits;
        this.config = config;
        this.limits = limits;
        this.version = version;
    }

    @Operation(operationId = "rondevuFront", summary = "The version, and a page of topics")
    @GET
    public CompletionStage<Front> front(
            @Context RoutingContext client,
            @QueryParam("page") @Nullable String page,
            @QueryParam("limit") @Nullable String limit) {
        return topicPage(client, page, limit, (topics, pages) -> new Front(version, topics, pages));
    }

    @Operation(
            operationId = "rondevuTopics",
            summary = "A page of topics with unanswered sessions in alphabetical order")
    @GET
    @Path("topics")
    public CompletionStage<Topics> topics(
            @Context RoutingContext client,
            @QueryParam("page") @Nullable String page,
            @QueryParam("limit") @Nullable String limit) {
        return topicPage(client, page, limit, Topics::new);
    }

    @Operation(operationId = "rondevuSessions", summary = "The unanswered sessions of a topic, newest first")
    @GET
    @Path("{topic}/sessions")
    public CompletionStage<Sessions> sessions(@Context RoutingContext client, @PathParam("topic") String topic) {
        var caller = new Caller(client);
        if (topic.codePointCount(0, topic.length()) > limits.topicCharsMax()) {
            throw new Malformed("topic must be at most " + limits.topicCharsMax() + " characters.");
        }
        return signaling
                .waiting(caller.readFrom(), caller.namespace(), topic, config.pageMax())
                .thenApply(served -> caller.reply(Status.OK, served, Sessions.of(served.result())));
    }

    @Operation(operationId = "rondevuOffer", summary = "Open a session with an offer")
    @POST
    @Path("{topic}/offer")
    public CompletionStage<Opened> offer(
            @Context RoutingContext client, @PathParam("topic") String topic, Offer request) {
        var caller = new Caller(client);
        return signaling
                .openWithoutToken(caller.namespace(), request.opening(topic))
                .thenApply(served -> caller.reply(
                        Status.OK, served, new Opened(served.result().code().text())));
    }

    @Operation(operationId = "rondevuAnswer", summary = "Answer a session, or add one candidate")
    @POST
    @Path("answer")
    public CompletionStage<Success> answer(@Context RoutingContext client, Answer request) {
        var caller = new Caller(client);
        Side side = side(request.side());
        SessionKey key = key(caller, request.code());
        Description answer = request.answerSent();
        Candidate candidate = request.candidateSent();
        if ((answer == null) == (candidate == null)) {
            throw new Malformed("Send either answer or candidate.");
        }
        if (answer != null && side == Side.OFFERER) {
            throw new Malformed("side must be \"answerer\" with an answer.");
        }
        CompletionStage<? extends Served<?>> done = candidate == null
                ? signaling.answerWithoutToken(key, requireNonNull(answer), caller.token())
                : signaling.trickleAs(key, side, caller.token(), new Trickle(List.of(candidate), false));
        return done.thenApply(served -> caller.reply(Status.OK, served, new Success(true)));
    }

    @Operation(operationId = "rondevuPoll", summary = "Read the other side's description and candidates")
    @POST
    @Path("poll")
    public CompletionStage<Polled> poll(@Context RoutingContext client, Poll request) {
        var caller = new Caller(client);
        Side side = side(request.side());
        return signaling
                .side(caller.readFrom(), key(caller, request.code()), side.other())
                .thenApply(served -> caller.reply(Status.OK, served, Polled.by(side, served.result())));
    }

    private <T> CompletionStage<T> topicPage(
            RoutingContext client,
            @Nullable String pageText,
            @Nullable String limitText,
            BiFunction<List<TopicSessions>, Pagination, T> body) {
        var caller = new Caller(client);
        int page = (int) QueryParameters.number("page", pageText, 1, 1, Integer.MAX_VALUE);
        int limit = (int) Math.min(
                QueryParameters.number("limit", limitText, PAGE_DEFAULT, 1, Integer.MAX_VALUE), config.pageMax());
        int offset = (int) Math.min(Integer.MAX_VALUE, (page - 1L) * limit);
        return signaling
                .topicPage(caller.readFrom(), caller.namespace(), offset, limit)
                .thenApply(served -> {
                    TopicPage found = served.result();
                    var pages = new Pagination(page, limit, found.total(), (long) offset + limit < found.total());
                    List<TopicSessions> topics =
                            found.topics().stream().map(TopicSessions::of).toList();
                    return caller.reply(Status.OK, served, body.apply(topics, pages));
                });
    }

    private static Side side(@Nullable String word) {
        return Side.named(word == null ? "" : word)
                .orElseThrow(() -> new Malformed("side must be \"offerer\" or \"answerer\"."));
    }

    private SessionKey key(Caller caller, @Nullable String code) {
        return caller.key(clientLimits, required("code", code));
    }
}
