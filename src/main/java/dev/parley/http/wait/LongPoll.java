package dev.parley.http.wait;

import dev.parley.http.EntityTags;
import dev.parley.http.access.Authenticator;
import dev.parley.http.access.Authenticator.CredentialEnded;
import dev.parley.http.access.ClientAddresses;
import dev.parley.session.Event.Events;
import dev.parley.session.Session;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.signaling.Signaling;
import dev.parley.store.Futures;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.waiting.EventBatch;
import dev.parley.waiting.Wait;
import dev.parley.waiting.Wait.Waiter;
import dev.parley.waiting.WaitRegistry;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
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

    /** The events after number {@code after}, as soon as there are any. */
    public CompletionStage<Served<Events>> events(
            RoutingContext client, ReadFrom from, SessionKey key, long after, int limit, Duration time) {
        return reply(
                client,
                from,
                key,
                time,
                signaling.events(from, key, after, limit),
                (first, node) -> signaling.follow(node, key, first.incarnation(), after, limit),
                (first, commit) -> commit.continues(first.incarnation(), after) ? first(limit, commit.served()) : null,
                events -> !events.list().isEmpty(),
                Events::expiresAt);
    }

    private static Served<Events> first(int limit, Served<Events> served) {
        Events events = served.result();
        return events.list().size() <= limit
                ? served
                : served.with(new Events(events.list().subList(0, limit), events.incarnation(), events.expiresAt()));
    }

    /** The session, as soon as it is in a state that {@code known} does not name. */
    public CompletionStage<Served<Session>> session(
            RoutingContext client, ReadFrom from, SessionKey key, EntityTags known, Duration time) {
        return reply(
                client,
                from,
                key,
                time,
                signaling.session(from, key),
                (first, node) -> signaling.session(node, key).thenApply(served -> {
                    if (served.result().incarnation() != first.incarnation()) {
                        throw new SessionNotFound();
                    }
                    return served;
                }),
                (first, commit) -> null,
                session -> !known.names(session.version()),
                Session::expiresAt);
    }

    /**
     * @param from what the caller asked to read from
     * @param repeat reads again after the first result; fails with {@link SessionNotFound} where another session has the code by now
     * @param follow the reply that a commit after the first result makes; null if that must be read
     */
    private <T> CompletionStage<Served<T>> reply(
            RoutingContext client,
            ReadFrom from,
            SessionKey key,
            Duration time,
            CompletionStage<Served<T>> read,
            BiFunction<T, ReadFrom, CompletionStage<Served<T>>> repeat,
            BiFunction<T, EventBatch, @Nullable Served<T>> follow,
            Predicate<T> isNew,
            Function<T, Instant> expiresAt) {
        return read.thenComposeAsync(
                first -> {
                    if (time.isZero() || isNew.test(first.result())) {
                        return CompletableFuture.completedStage(first);
                    }
                    var poll = new Poll<T>(
                            node -> Futures.attempt(() -> authenticator.ifStillAdmitted(
                                    client.request(), () -> repeat.apply(first.result(), node))),
                            commit -> authenticator.wouldStillAdmit(client.request())
                                    ? follow.apply(first.result(), commit)
                                    : null,
                            from,
                            isNew,
                            expiresAt,
                            new CompletableFuture<>());
                    Wait wait = registry.join(key, addresses.of(client.request()), poll);
                    long timer = client.vertx().setTimer(time.toMillis(), up -> poll.stop());
                    EventLoop.whenDone(client, () -> {
                        client.vertx().cancelTimer(timer);
                        wait.leave();
                    });
                    wait.begin(true);
                    return poll.reply;
                },
                EventLoop.current());
    }

    /** One delayed reply. */
    private record Poll<T>(
            Function<ReadFrom, CompletionStage<Served<T>>> read,
            Function<EventBatch, @Nullable Served<T>> follow,
            ReadFrom from,
            Predicate<T> isNew,
            Function<T, Instant> expiresAt,
            CompletableFuture<Served<T>> reply)
            implements Waiter {
        @Override
        public CompletionStage<Instant> check() {
            return read.apply(ReadFrom.PRIMARY)
                    .whenComplete((served, failure) -> {
                        if (served != null && isNew.test(served.result())) {
                            reply.complete(served);
                        } else if (failure != null && isFinal(Futures.cause(failure))) {
                            reply.completeExceptionally(failure);
                        }
                    })
                    .thenApply(served -> expiresAt.apply(served.result()));
        }

        @Override
        public @Nullable Instant accept(EventBatch commit) {
            Served<T> news = follow.apply(commit);
            if (news != null) {
                reply.complete(news);
            }
            return news == null ? null : commit.expiresAt();
        }

        /** A store that cannot be read now may be readable at the next check. */
        private static boolean isFinal(Throwable failure) {
            return failure instanceof SessionNotFound || failure instanceof CredentialEnded;
        }

        @Override
        public CompletionStage<?> stop() {
            return read.apply(from).whenComplete((served, failure) -> {
                if (failure == null) {
                    reply.complete(served);
                } else {
                    reply.completeExceptionally(failure);
                }
            });
        }
    }
}
