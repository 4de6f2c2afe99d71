package dev.parley.http.wait;

import dev.parley.http.Clients;
import dev.parley.http.EventLoop;
import dev.parley.http.access.Authenticator;
import dev.parley.http.access.ClientAddresses;
import dev.parley.http.access.CredentialEnded;
import dev.parley.session.Event;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException.SessionNotFound;
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
import java.util.function.BooleanSupplier;

/**
 * Holds a reply back until there is news, the time is up, the session is deleted or the service stops. When the time is up, the
 * reply is what the same call without waiting gets at that moment, be it nothing new or a refusal.
 */
@Singleton
public final class LongPoll {
    private final WaitRegistry feed;
    private final ClientAddresses addresses;
    private final Authenticator gate;

    public LongPoll(WaitRegistry feed, ClientAddresses addresses, Authenticator gate) {
        this.feed = feed;
        this.addresses = addresses;
        this.gate = gate;
    }

    /** The answer to {@code question}, at once where it has news. */
    public <T> CompletionStage<Served<T>> reply(
            RoutingContext client, ReadFrom from, SessionKey key, WaitQuestion<T> question, Duration wait) {
        CompletionStage<Served<T>> first = question.ask(from);
        if (wait.isZero()) {
            return first;
        }
        return first.thenComposeAsync(
                answer -> question.isNews(answer.result())
                        ? CompletableFuture.completedStage(answer)
                        : hold(
                                client,
                                new Held<>(
                                        question,
                                        from,
                                        question.incarnation(answer.result()),
                                        () -> gate.wouldStillAdmit(client.request())),
                                key,
                                wait),
                EventLoop.current());
    }

    private <T> CompletionStage<Served<T>> hold(RoutingContext client, Held<T> held, SessionKey key, Duration time) {
        Wait wait = feed.join(key, addresses.of(client.request()), held);
        long timer = client.vertx().setTimer(time.toMillis(), up -> held.answerNow());
        Clients.whenDone(client, () -> {
            client.vertx().cancelTimer(timer);
            wait.leave();
        });
        wait.wake();
        return held.reply;
    }

    /** One reply that is held back. */
    private static final class Held<T> implements Waiter {
        private final WaitQuestion<T> question;
        private final ReadFrom from;
        private final long incarnation;
        private final BooleanSupplier welcome;
        private final CompletableFuture<Served<T>> reply = new CompletableFuture<>();

        /**
         * @param incarnation of the session that is waited for
         * @param welcome whether who waits may still hear of it
         */
        Held(WaitQuestion<T> question, ReadFrom from, long incarnation, BooleanSupplier welcome) {
            this.question = question;
            this.from = from;
            this.incarnation = incarnation;
            this.welcome = welcome;
        }

        @Override
        public CompletionStage<Instant> look() {
            if (!welcome.getAsBoolean()) {
                reply.completeExceptionally(new CredentialEnded());
            }
            return reply.isDone()
                    ? CompletableFuture.completedStage(Instant.MAX)
                    : ask(ReadFrom.PRIMARY).thenApply(answer -> {
                        if (question.isNews(answer.result())) {
                            reply.complete(answer);
                        }
                        return question.expiresAt(answer.result());
                    });
        }

        @Override
        public CompletionStage<?> closed(Served<Event.Closed> last) {
            return question.answerAtClosing(last.result(), incarnation)
                    .map(answer -> replyWith(CompletableFuture.completedStage(last.with(answer))))
                    .orElseGet(this::answerNow);
        }

        @Override
        public CompletionStage<?> gone() {
            return answerNow();
        }

        @Override
        public CompletionStage<?> stop() {
            return answerNow();
        }

        CompletionStage<Served<T>> answerNow() {
            return replyWith(ask(from));
        }

        /** Another session that has the code since is none that was waited for. */
        private CompletionStage<Served<T>> ask(ReadFrom node) {
            if (!welcome.getAsBoolean()) {
                return CompletableFuture.failedStage(new CredentialEnded());
            }
            return question.ask(node).thenApply(answer -> {
                if (question.incarnation(answer.result()) != incarnation) {
                    throw new SessionNotFound();
                }
                return answer;
            });
        }

        private CompletionStage<Served<T>> replyWith(CompletionStage<Served<T>> last) {
            return last.whenComplete((answer, failure) -> {
                if (failure == null) {
                    reply.complete(answer);
                } else {
                    reply.completeExceptionally(failure);
                }
            });
        }
    }
}
