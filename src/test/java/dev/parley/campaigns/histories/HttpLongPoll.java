package dev.parley.campaigns.histories;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.session.SessionKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A long poll over HTTP. When its time is up, the connection is cut and the peer requests once more without waiting. The time of the
 * service is never up, which would hide a lost notification. The same happens if the cut of another wait hits this connection.
 */
final class HttpLongPoll implements ServiceUnderTest.Held {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpService service;
    private final int node;
    private final SessionKey key;
    private final Operation.Follow operation;
    private final Freshness since;
    private final Optional<String> createdAt;
    private final CompletableFuture<HttpResponse<String>> held;
    private final CompletableFuture<ReplyContext> reply;
    private volatile boolean cut;

    HttpLongPoll(HttpService service, int node, SessionKey key, Operation.Follow operation, Freshness since) {
        this.service = service;
        this.node = node;
        this.key = key;
        this.operation = operation;
        this.since = since;
        this.createdAt = session().map(HttpLongPoll::createdAt);
        this.held = service.called(node, key, operation, since);
        this.reply = held.thenApply(response -> HttpOperationResult.read(key, operation, response))
                .exceptionally(failure -> cut ? ReplyContext.broken("the wait was cut") : withoutWaiting());
    }

    private ReplyContext withoutWaiting() {
        return service.call(node, key, new Operation.Follow(operation.after(), operation.limit(), false), since);
    }

    @Override
    public CompletableFuture<ReplyContext> reply() {
        return reply;
    }

    @Override
    public void timeUp() {
        if (!reply.isDone()) {
            reply.complete(withoutWaiting());
            cut = true;
            held.cancel(true);
        }
    }

    /** Only if the session is certainly the one of the begin of the wait; another session may have its code since. */
    @Override
    public boolean isOwedNews() {
        return createdAt.isPresent()
                && session()
                        .filter(now -> createdAt.get().equals(createdAt(now)))
                        .filter(now -> now.required("seq").longValue() > operation.after())
                        .isPresent();
    }

    private static String createdAt(JsonNode session) {
        return session.required("createdAt").textValue();
    }

    /** The latest state, if the session exists. */
    private Optional<JsonNode> session() {
        HttpResponse<String> now = service.called(node, key, new Operation.ReadSession(), new Freshness.Latest())
                .join();
        try {
            return now.statusCode() == 200 ? Optional.of(JSON.readTree(now.body())) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
