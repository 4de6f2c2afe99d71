package dev.parley.http.channel;

import dev.parley.http.Bookmarks;
import dev.parley.http.EntityTags;
import dev.parley.http.HttpConfig;
import dev.parley.http.QueryParameters;
import dev.parley.http.Views.EventsView;
import dev.parley.http.Views.ExtendedView;
import dev.parley.http.Views.IceServersView;
import dev.parley.http.Views.ListingsView;
import dev.parley.http.Views.SessionView;
import dev.parley.http.api.Requests;
import dev.parley.http.channel.Operation.Field;
import dev.parley.http.wait.SessionFeed.Watched;
import dev.parley.ice.IceServers;
import dev.parley.session.Event.Events;
import dev.parley.session.Lease;
import dev.parley.session.Namespace;
import dev.parley.session.Session.SessionVersion;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.signaling.Leases;
import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Runs the operations that need the store or the configuration, as the resource of the native API runs its calls. */
@Singleton
final class Operations {
    /** Maximum events that a reply keeps until the client receives it. */
    private static final int FIRST_MAX = 64;

    private final Signaling signaling;
    private final Leases leases;
    private final IceServers iceServers;
    private final int pageMax;

    Operations(Signaling signaling, Leases leases, IceServers iceServers, HttpConfig config) {
        this.signaling = signaling;
        this.leases = leases;
        this.iceServers = iceServers;
        this.pageMax = config.pageMax();
    }

    /** Opens a session. */
    CompletionStage<Reply> open(Namespace namespace, @Nullable Lease lease, Message message) {
        return signaling
                .open(namespace, message.body(Requests.Open.class).opening(message.sessionToken()), lease)
                .thenApply(served -> Reply.watched(
                        new SessionKey(namespace, served.result().code()),
                        served.result().seq(),
                        served));
    }

    /** Takes the lease of a session, and begins to watch it. */
    CompletionStage<Reply> watch(SessionKey key, Lease lease, Message message) {
        return leases.take(key, message.sessionToken(), lease)
                .thenCompose(taken -> watch(key, ReadFrom.PRIMARY, message));
    }

    /** Runs an operation on a session. */
    CompletionStage<Reply> run(SessionKey key, ReadFrom from, Message message) {
        return switch (message.requested()) {
            case READ -> message.after() == Message.ABSENT ? session(key, from) : events(key, from, message);
            case ANSWER -> answer(key, message);
            case TRICKLE -> {
                Requests.Candidates body = message.body(Requests.Candidates.class);
                yield signaling
                        .trickle(key, message.sessionToken(), body.trickle(), body.generation())
                        .thenApply(served -> Reply.of(201, served, served.result()));
            }
            case RESTART -> restart(key, message);
            case EXTEND -> extend(key, message);
            case CLOSE -> signaling.close(key, message.sessionToken()).thenApply(served -> Reply.of(204, served, null));
            case WATCH -> watch(key, from, message);
            default -> throw new IllegalStateException(message.requested() + " is not an operation on a session");
        };
    }

    private CompletionStage<Reply> session(SessionKey key, ReadFrom from) {
        return signaling
                .session(from, key)
                .thenApply(served -> Reply.of(200, served, SessionView.of(served.result()))
                        .withTag(EntityTags.of(served.result().version())));
    }

    private CompletionStage<Reply> events(SessionKey key, ReadFrom from, Message message) {
        return signaling
                .events(from, key, message.after(), limit(message))
                .thenApply(served ->
                        Reply.of(200, served, EventsView.of(served.result().list(), message.after())));
    }

    private CompletionStage<Reply> answer(SessionKey key, Message message) {
        Requests.Answer body = message.body(Requests.Answer.class);
        return signaling
                .answer(key, body.description(), body.generation(), body.trickle(), message.sessionToken())
                .thenApply(served -> Reply.watched(key, Math.max(message.after(), 0), served));
    }

    private CompletionStage<Reply> restart(SessionKey key, Message message) {
        Requests.Offer body = message.body(Requests.Offer.class);
        String ifMatch = message.ifMatch();
        EntityTags tags = EntityTags.parse(Field.IF_MATCH.json(), ifMatch == null ? List.of() : List.of(ifMatch));
        return signaling
                .restart(key, message.sessionToken(), tags.required(), body.description())
                .thenApply(served -> Reply.joined(served, 200));
    }

    private CompletionStage<Reply> extend(SessionKey key, Message message) {
        return signaling
                .extend(
                        key,
                        message.sessionToken(),
                        message.body(Requests.Ttl.class).duration())
                .thenApply(served -> {
                    SessionVersion version = served.result();
                    return Reply.of(200, served, new ExtendedView(version.expiresAt()))
                            .withTag(EntityTags.of(version));
                });
    }

    private CompletionStage<Reply> watch(SessionKey key, ReadFrom from, Message message) {
        long requested = Math.max(message.after(), 0);
        String etag = message.etag();
        EntityTags tags = EntityTags.parse(Field.ETAG.json(), etag == null ? List.of() : List.of(etag));
        int limit = Math.min(FIRST_MAX, pageMax);
        return signaling.events(from, key, requested, limit).thenApply(served -> {
            Events events = served.result();
            long after = etag == null || tags.names(events.incarnation()) ? requested : 0;
            boolean known = after == requested
                    && served.node().primary()
                    && events.list().size() < limit;
            return Reply.of(200, served, null)
                    .withTag(EntityTags.of(new SessionVersion(events.incarnation(), after, events.expiresAt())))
                    .watching(new Watched(key, events.incarnation(), after, known ? served : null));
        });
    }

    /** As {@link Signaling#admitWatch}. */
    void admitWatch(@Nullable String code, @Nullable String topic) {
        signaling.admitWatch(code, topic);
    }

    /** Finds sessions that wait for an answer. */
    CompletionStage<Reply> find(Namespace namespace, ReadFrom from, Message message) {
        return signaling
                .discover(
                        from,
                        namespace,
                        QueryParameters.filter(message.topic()),
                        QueryParameters.filter(message.tag()),
                        QueryParameters.cursor(message.cursor()),
                        limit(message))
                .thenApply(served -> Reply.of(200, served, ListingsView.of(served.result())));
    }

    /** The ICE servers. */
    CompletionStage<Reply> iceServers() {
        return CompletableFuture.completedStage(Reply.withoutStore(200, IceServersView.of(iceServers.grant())));
    }

    private int limit(Message message) {
        if (message.limit() > pageMax) {
            throw new Malformed("limit must be a whole number from 1 to " + pageMax + ".");
        }
        return message.limit() == Message.ABSENT ? pageMax : (int) message.limit();
    }

    /** How recent reads are after {@code bookmark}. */
    static ReadFrom readFrom(String bookmark) {
        return Bookmarks.readFrom(bookmark);
    }
}
