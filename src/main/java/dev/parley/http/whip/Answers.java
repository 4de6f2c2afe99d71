package dev.parley.http.whip;

import dev.parley.http.access.Authenticator;
import dev.parley.http.access.Authenticator.CredentialEnded;
import dev.parley.http.access.ClientAddresses;
import dev.parley.http.wait.EventLoop;
import dev.parley.http.wait.SessionFeed;
import dev.parley.http.wait.SessionFeed.End;
import dev.parley.http.wait.SessionFeed.Sink;
import dev.parley.http.wait.SessionFeed.Subscriber;
import dev.parley.http.wait.SessionFeeds;
import dev.parley.session.Description;
import dev.parley.session.Event;
import dev.parley.session.Event.Events;
import dev.parley.session.Namespace;
import dev.parley.session.Opening;
import dev.parley.session.Opening.Joined;
import dev.parley.session.Session.SessionVersion;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.SignalingException.Busy;
import dev.parley.session.SignalingException.Unanswered;
import dev.parley.session.Trickle;
import dev.parley.signaling.SessionConfig;
import dev.parley.signaling.Signaling;
import dev.parley.store.Served;
import dev.parley.waiting.EventBatch;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jboss.resteasy.reactive.RestResponse.Status;

/**
 * Opens a session for a client that expects the answer in the reply.
 *
 * <p>The session is closed when the time is up, the client disconnects or the service stops. Until the reply is written, its time to
 * live is only a little longer than the wait, so that it also ends soon if it cannot be closed.
 */
@Singleton
final class Answers {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /** For a commit that is slow, or that another node has made. */
    private static final Duration TTL_MARGIN = Duration.ofSeconds(4);

    private final Signaling signaling;
    private final SessionFeeds feeds;
    private final ClientAddresses addresses;
    private final Authenticator authenticator;
    private final Duration wait;
    private final Duration ttlUnanswered;
    private final Duration ttl;

    Answers(
            Signaling signaling,
            SessionFeeds feeds,
            ClientAddresses addresses,
            Authenticator authenticator,
            WhipConfig config,
            SessionConfig sessions) {
        this.signaling = signaling;
        this.feeds = feeds;
        this.addresses = addresses;
        this.authenticator = authenticator;
        this.wait = config.waitMax();
        Duration wanted = Collections.max(List.of(config.waitMax().plus(TTL_MARGIN), sessions.ttlMin()));
        this.ttlUnanswered = Collections.min(List.of(wanted, sessions.ttlMax()));
        this.ttl = sessions.ttl();
    }

    /**
     * The answer to {@code offer}, as soon as a peer has sent it.
     *
     * @throws Unanswered in the stage, if no peer has in time; then the session is closed
     */
    CompletionStage<Served<Description>> answer(
            RoutingContext client, Namespace namespace, String topic, SessionHandle handle, Description offer) {
        SessionToken token = handle.token();
        var opening = new Opening(
                handle.code(),
                topic,
                null,
                List.of(handle.protocol().word()),
                offer,
                Trickle.NOTHING,
                ttlUnanswered,
                token);
        // A client with the maximum number of waiting requests is refused before a session is opened.
        var waiting = new Waiting(client, new SessionKey(namespace, handle.code()), token);
        EventLoop.whenDone(client, waiting.feed::close); // a stop waits for the reply
        return signaling.open(namespace, opening).thenCompose(waiting::begin);
    }

    /** One offer that waits. All methods run on the event loop of its request. */
    private final class Waiting implements Sink {
        private final RoutingContext client;
        private final SessionKey key;
        private final SessionToken token;
        private final CompletableFuture<Served<Description>> reply = new CompletableFuture<>();
        private final SessionFeed feed;
        private long timer;
        private boolean decided;

        private Waiting(RoutingContext client, SessionKey key, SessionToken token) {
            this.client = client;
            this.key = key;
            this.token = token;
            this.feed = feeds.open(Subscriber.of(client.request(), addresses, authenticator), key, this);
        }

        CompletionStage<Served<Description>> begin(Served<Joined> opened) {
            timer = client.vertx().setTimer(wait.toMillis(), up -> fail(unanswered()));
            if (client.response().closed()) {
                fail(unanswered());
                return reply;
            }
            client.addEndHandler(end -> {
                if (end.failed()) {
                    leave();
                } else if (client.response().getStatusCode() == Status.CREATED.getStatusCode()) {
                    extend();
                }
            });
            SessionVersion version = opened.result().version();
            var nothingFollows = new Events(List.of(), version.incarnation(), version.expiresAt());
            feed.start(version.incarnation(), version.seq(), opened.with(nothingFollows));
            return reply;
        }

        @Override
        public void deliver(SessionFeed from, EventBatch batch) {
            for (Event event : batch.events()) {
                if (event instanceof Event.Answered answered && !decided) {
                    decide();
                    reply.complete(batch.served().with(answered.answer()));
                }
            }
        }

        /**
         * From now on the session lives as long as any other. Where that fails it expires early, as one whose client has left; the media
         * of its peers goes on.
         */
        private void extend() {
            signaling.extend(key, token, ttl).exceptionally(failure -> null);
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void ended(SessionFeed from, End why) {
            fail(
                    switch (why) {
                        case CREDENTIAL_ENDED -> new CredentialEnded();
                        case STOPPING -> new Busy("The service is stopping; retry in a moment.", RETRY_AFTER);
                        case CLOSED, GONE -> unanswered();
                        case FAILED -> new IllegalStateException("The session cannot be followed");
                    });
        }

        private Unanswered unanswered() {
            return new Unanswered(wait, RETRY_AFTER);
        }

        /** Closes the session, then replies: a client that knows of its failure finds nothing left of its offer. */
        private void fail(RuntimeException why) {
            if (decided) {
                return;
            }
            decide();
            signaling.close(key, token).whenComplete((closed, failure) -> reply.completeExceptionally(why));
        }

        /** The client has disconnected, perhaps after the answer but without the reply. */
        private void leave() {
            if (decided) {
                signaling.close(key, token).exceptionally(gone -> null);
            } else {
                fail(unanswered());
            }
        }

        private void decide() {
            decided = true;
            client.vertx().cancelTimer(timer);
        }
    }
}
