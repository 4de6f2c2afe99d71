package dev.parley.http.wait;

import dev.parley.http.EntityTags;
import dev.parley.http.access.Authenticator;
import dev.parley.http.access.ClientAddresses;
import dev.parley.http.access.CredentialEnded;
import dev.parley.session.Events;
import dev.parley.session.Session;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.signaling.Signaling;
import dev.parley.store.Futures;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.waiting.Wait;
import dev.parley.waiting.WaitRegistry;
import dev.parley.waiting.Waiter;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Delays a reply until there is something new, the requested time has passed, the session is gone or the service stops. After that
 * time the reply is the one that the same call without waiting receives then, whether nothing new or a refusal.
 */
@Singleton
public final class LongPoll {
    private final Signaling signaling;
    private final WaitRegistry registry;
    private final ClientAddresses addresses;
    private final Authenticator authenticator;

    public LongPoll(
            Signaling signaling, WaitRegistry registry, ClientAddresses addresses, Authenticator authenticator) {
        this.signaling = signaling;
        this.registry = registry;
        this.addresses = addresses;
        this.authenticator = authenticator;
    }

    /** The events behind number {@code after}, as soon as there are any. */
    public CompletionStage<Served<Events>> events(
            RoutingContext client, ReadFrom from, SessionKey key, long after, int limit, Duration time) {
        return signaling
                .events(from, key, after, limit)
                .thenComposeAsync(
                        first -> new Held<Events>(
                                        client,
                                        from,
                                        node -> signaling.follow(
                                                node, key, first.result().incarnation(), after, limit),
                                        events -> !events.list().isEmpty(),
                                        Events::expiresAt)
                                .replyTo(first, key, time),
                        EventLoop.current());
    }

    /** The session, as soon as it is in a state that {@code known} does not name. */
    public CompletionStage<Served<Session>> session(
            RoutingContext client, ReadFrom from, SessionKey key, EntityTags known, Duration time) {
        return signaling
                .session(from, key)
                .thenComposeAsync(
                        first -> new Held<Session>(
                                        client,
                                        from,
                                        node -> sameSession(node, key, first.result()),
                                        session -> !known.names(session.version()),
                                        Session::expiresAt)
                                .replyTo(first, key, time),
                        EventLoop.current());
    }

    private CompletionStage<Served<Session>> sameSession(ReadFrom from, SessionKey key, Session first) {
        return signaling.session(from, key).thenApply(served -> {
            if (served.result().incarnation() != first.incarnation()) {
                throw new SessionNotFound();
            }
            return served;
        });
    }

    /** One delayed reply. */
    private final class Held<T> implements Waiter {
        private final RoutingContext client;
        private final ReadFrom from;
        private final Function<ReadFrom, CompletionStage<Served<T>>> read;
        private final Predicate<T> isNew;
        private final Function<T, Instant> expiresAt;
        private final CompletableFuture<Served<T>> reply = new CompletableFuture<>();

        /** @param read fails with {@link SessionNotFound} where another session has the code by now */
        Held(
                RoutingContext client,
                ReadFrom from,
                Function<ReadFrom, CompletionStage<Served<T>>> read,
                Predicate<T> isNew,
                Function<T, Instant> expiresAt) {
            this.client = client;
            this.from = from;
            this.read = read;
            this.isNew = isNew;
            this.expiresAt = expiresAt;
        }

        CompletionStage<Served<T>> replyTo(Served<T> first, SessionKey key, Duration time) {
            if (time.isZero() || isNew.test(first.result())) {
                return CompletableFuture.completedStage(first);
            }
            Wait wait = registry.join(key, addresses.of(client.request()), this);
            long timer = client.vertx().setTimer(time.toMillis(), up -> stop());
            EventLoop.whenDone(client, () -> {
                client.vertx().cancelTimer(timer);
                wait.leave();
            });
            wait.wake();
            return reply;
        }

        @Override
        public CompletionStage<Instant> check() {
            return readIfAdmitted(ReadFrom.PRIMARY)
                    .whenComplete(this::replyIfNew)
                    .thenApply(served -> expiresAt.apply(served.result()));
        }

        private void replyIfNew(@Nullable Served<T> served, @Nullable Throwable failure) {
            if (served != null && isNew.test(served.result())) {
                reply.complete(served);
            } else if (failure != null && isFinal(Futures.cause(failure))) {
                reply.completeExceptionally(failure);
            }
        }

        /** A store that cannot be read now may be readable at the next check. */
        private static boolean isFinal(Throwable failure) {
            return failure instanceof SessionNotFound || failure instanceof CredentialEnded;
        }

        @Override
        public CompletionStage<?> stop() {
            return readIfAdmitted(from).whenComplete((served, failure) -> {
                if (failure == null) {
                    reply.complete(served);
                } else {
                    reply.completeExceptionally(failure);
                }
            });
        }

        private CompletionStage<Served<T>> readIfAdmitted(ReadFrom node) {
            return authenticator.wouldStillAdmit(client.request())
                    ? read.apply(node)
                    : CompletableFuture.failedStage(new CredentialEnded());
        }
    }
}
