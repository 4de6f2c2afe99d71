package dev.parley.campaigns.histories;

import dev.parley.session.Event.Events;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.store.Futures;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.waiting.TestWaitRegistries;
import dev.parley.waiting.Wait;
import dev.parley.waiting.Wait.Waiter;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A long poll without its clock: it checks at each notification and when the time is up. */
final class InProcessLongPoll implements ServiceUnderTest.Held, Waiter {
    private final InProcessService.Node node;
    private final SessionKey key;
    private final Operation.Follow operation;
    private final Freshness since;
    private final CompletableFuture<ReplyContext> reply = new CompletableFuture<>();
    private volatile @Nullable Long incarnation;
    private final CompletableFuture<Wait> place = new CompletableFuture<>();

    InProcessLongPoll(InProcessService.Node node, SessionKey key, Operation.Follow operation, Freshness since) {
        this.node = node;
        this.key = key;
        this.operation = operation;
        this.since = since;
        ReplyContext first = InProcessService.called(node, key, operation, since)
                .toCompletableFuture()
                .join();
        if (isNews(first)) {
            reply.complete(first);
            return;
        }
        Wait wait = TestWaitRegistries.join(node.feed(), key, this);
        wait.wake();
        place.complete(wait);
    }

    private void complete(ReplyContext result) {
        if (reply.complete(result)) {
            place.join().leave();
        }
    }

    private static boolean isNews(ReplyContext reply) {
        return !(reply.result() instanceof OperationResult.EventsRead events)
                || !events.events().isEmpty();
    }

    @Override
    public CompletableFuture<ReplyContext> reply() {
        return reply;
    }

    @Override
    public CompletionStage<Instant> check() {
        return news().whenComplete((served, failure) -> {
                    if (served != null && !served.result().list().isEmpty()) {
                        complete(InProcessService.reply(
                                served.with(DomainMapping.events(served.result().list()))));
                    } else if (failure != null && Futures.cause(failure) instanceof SessionNotFound) {
                        stop();
                    }
                })
                .thenApply(served -> served.result().expiresAt());
    }

    /** New events of the session that is waited for, not of another with its code since. */
    private CompletionStage<Served<Events>> news() {
        Long waitedFor = incarnation;
        return waitedFor != null
                ? node.signaling().follow(ReadFrom.PRIMARY, key, waitedFor, operation.after(), operation.limit())
                : node.signaling()
                        .events(ReadFrom.PRIMARY, key, operation.after(), operation.limit())
                        .thenApply(served -> {
                            incarnation = served.result().incarnation();
                            return served;
                        });
    }

    @Override
    public CompletionStage<?> stop() {
        return InProcessService.called(node, key, operation, since).thenAccept(this::complete);
    }

    @Override
    public void timeUp() {
        stop();
    }

    @Override
    public boolean isOwedNews() {
        return news().thenApply(served -> !served.result().list().isEmpty())
                .exceptionally(none -> false)
                .toCompletableFuture()
                .join();
    }
}
