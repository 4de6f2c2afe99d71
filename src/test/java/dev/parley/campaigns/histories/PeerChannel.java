package dev.parley.campaigns.histories;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.http.ChannelClient;
import dev.parley.session.SessionKey;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The channel of one peer to a node, for one session. */
final class PeerChannel implements AutoCloseable {
    private static final int REPLY_SECONDS_MAX = 120;

    /** The fields of a request that are header fields over HTTP. */
    private static final Map<String, String> FIELDS =
            Map.of("Session-Token", "token", "If-Match", "ifMatch", "x-d1-bookmark", "bookmark");

    private final SessionKey key;
    private final PushLog log;
    private final ChannelClient client;
    private @Nullable CompletableFuture<ReplyContext> wait;

    PeerChannel(URI service, int node, SessionKey key) {
        this.key = key;
        this.log = new PushLog(Thread.currentThread().getName(), node, this::close);
        this.client = ChannelClient.connect(service, key.namespace().name(), this::receive);
    }

    PushLog log() {
        return log;
    }

    /** The name of an operation of the channel; null if the channel does not have it. */
    static @Nullable String word(Operation operation) {
        if (operation instanceof Operation.Open open) {
            return open.token() == null ? null : "open";
        }
        if (operation instanceof Operation.Answer answer) {
            return answer.token() == null ? null : "answer";
        }
        if (operation instanceof Operation.Find find) {
            return find.listing() == Operation.Listing.SESSIONS ? "find" : null;
        }
        if (operation instanceof Operation.ReadSession || operation instanceof Operation.Follow) {
            return operation.tag() == null ? "read" : null;
        }
        if (operation instanceof Operation.Trickle) {
            return "trickle";
        }
        if (operation instanceof Operation.Restart) {
            return "restart";
        }
        if (operation instanceof Operation.Extend) {
            return "extend";
        }
        return operation instanceof Operation.Close ? "close" : null;
    }

    private ObjectNode request(String word, Operation operation, Freshness since) {
        OperationRequest overHttp = OperationRequest.of(key, operation, since);
        ObjectNode request = JsonNodeFactory.instance.objectNode().put("op", word);
        FIELDS.forEach((header, field) -> {
            if (overHttp.headers().containsKey(header)) {
                request.put(field, overHttp.headers().get(header));
            }
        });
        if (overHttp.body() != null) {
            request.set("body", overHttp.body());
        }
        if (operation instanceof Operation.Find find) {
            return request.put("topic", DomainMapping.topic(key, find.topic()));
        }
        if (operation instanceof Operation.Follow follow) {
            request.put("after", follow.after());
            if (!follow.waits()) {
                request.put("limit", follow.limit());
            }
        }
        return operation instanceof Operation.Open
                ? request
                : request.put("code", key.code().text());
    }

    ReplyContext call(String word, Operation operation, Freshness since) {
        var reply = new CompletableFuture<JsonNode>();
        CompletableFuture<ReplyContext> result = reply.thenApply(message -> {
            ReplyContext read = HttpOperationResult.read(key, operation, since, message);
            boolean watches = operation instanceof Operation.Open || operation instanceof Operation.Answer;
            if (watches && read.result() instanceof OperationResult.Joined joined) {
                log.joined(joined, operation instanceof Operation.Open ? joined.seq() : 0);
            }
            return read;
        });
        client.send(request(word, operation, since), reply);
        return result.orTimeout(REPLY_SECONDS_MAX, TimeUnit.SECONDS)
                .exceptionally(failure -> ReplyContext.broken(failure.toString()))
                .join();
    }

    /** Sends a request, and ends the connection before the reply. */
    void callAndHangUp(String word, Operation operation, Freshness since) {
        client.send(request(word, operation, since), new CompletableFuture<>());
        close();
    }

    /** The first events of a watch. */
    @SuppressWarnings("FutureReturnValueIgnored") // a failure fails the reply
    CompletableFuture<ReplyContext> watch(Operation.Follow operation, Freshness since) {
        var first = new CompletableFuture<ReplyContext>();
        var reply = new CompletableFuture<JsonNode>();
        reply.thenAccept(message -> {
            if (message.path("status").intValue() == 200) {
                wait = first;
                log.begin(
                        operation.after(),
                        PushLog.incarnation(message.required("etag").textValue()));
            } else {
                first.complete(HttpOperationResult.read(key, operation, since, message));
            }
        });
        client.send(request("watch", operation, since), reply);
        return first;
    }

    private void receive(JsonNode message) {
        if (!message.path("code").asText().equals(key.code().text())) {
            log.violate("pushed " + message);
        }
        ReplyContext first;
        if (message.has("events")) {
            var events = new ArrayList<ObservedEvent>();
            message.path("events").forEach(event -> events.add(HttpOperationResult.observed(event)));
            log.received(events);
            first = new ReplyContext(
                    new OperationResult.EventsRead(List.copyOf(events)),
                    message.path("bookmark").textValue(),
                    true,
                    false);
        } else {
            boolean gone = message.path("status").intValue() == 404;
            first = gone
                    ? new ReplyContext(new OperationResult.Refused("session-not-found"), null, false, false)
                    : ReplyContext.broken(message.toString());
            if (!gone) {
                log.violate("pushed " + message);
            }
            log.end();
        }
        if (wait != null) {
            wait.complete(first);
            wait = null;
        }
    }

    @Override
    public void close() {
        log.end();
        client.close();
    }
}
