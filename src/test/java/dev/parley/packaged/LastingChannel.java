package dev.parley.packaged;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.http.ChannelClient;
import dev.parley.http.ChannelClient.Reply;
import dev.parley.http.TestClient;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A channel that is opened again when it is closed: it continues its watches after the last event, and repeats requests that were not
 * replied to. A push that does not continue the former ones is a failure.
 */
final class LastingChannel implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(20);

    private final URI service;
    private final Collection<String> failures;
    private final Collection<Duration> absences;
    private final Map<String, List<JsonNode>> watched = new ConcurrentHashMap<>();
    private @Nullable ChannelClient client;
    private volatile long closedAt;

    /**
     * @param failures receives wrong pushes
     * @param absences receives the time from each close to the replies to all watches on the next channel
     */
    LastingChannel(URI service, Collection<String> failures, Collection<Duration> absences) {
        this.service = service;
        this.failures = failures;
        this.absences = absences;
    }

    /** The reply to a request, which succeeds. */
    JsonNode call(String op, Object... fields) {
        while (true) {
            try {
                Reply reply = current().call(op, fields);
                if (reply.status() >= 300) {
                    throw new AssertionError(op + ": " + reply.json());
                }
                return reply.json();
            } catch (CompletionException closed) {
                // repeated on the next channel
            }
        }
    }

    /** The events of a session from its first, as far as they were pushed. */
    private synchronized List<JsonNode> watch(String code) {
        List<JsonNode> events = watched.get(code);
        while (events == null) {
            try {
                watch(current(), code, new CopyOnWriteArrayList<>());
            } catch (CompletionException closed) {
                // begun on the next channel
            }
            events = watched.get(code);
        }
        return events;
    }

    /** What is pushed before the reply is of the watch that an opening or an answer began. */
    private void watch(ChannelClient channel, String code, List<JsonNode> events) {
        var reply = new CompletableFuture<JsonNode>();
        CompletableFuture<JsonNode> begun = reply.thenApply(message -> {
            watched.put(code, events);
            return message;
        });
        channel.send(TestClient.object("op", "watch", "code", code, "after", events.size()), reply);
        ChannelClient.reply(begun).is(200);
    }

    /** All events of a session from its first to the last, which {@code last} is. */
    List<JsonNode> events(String code, Predicate<JsonNode> last) {
        List<JsonNode> events = watch(code);
        await().atMost(DEADLINE).pollDelay(Duration.ZERO).pollInterval(POLL).until(() -> {
            current();
            return !events.isEmpty() && last.test(events.get(events.size() - 1));
        });
        synchronized (this) {
            watched.remove(code);
        }
        call("unwatch", "code", code);
        return events;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the time is read after the end only
    private synchronized ChannelClient current() {
        while (client == null || client.closed().isDone()) {
            try {
                ChannelClient next = ChannelClient.connect(service, null, this::receive);
                next.closed().whenComplete((code, failure) -> closedAt = System.nanoTime());
                watched.forEach((code, events) ->
                        next.call("watch", "code", code, "after", events.size()).is(200));
                if (client != null) {
                    absences.add(Duration.ofNanos(System.nanoTime() - closedAt));
                }
                client = next;
            } catch (CompletionException refused) {
                if (client == null || System.nanoTime() - closedAt > DEADLINE.toNanos()) {
                    throw refused;
                }
            }
        }
        return client;
    }

    private void receive(JsonNode message) {
        List<JsonNode> events = watched.get(message.path("code").asText());
        if (events == null) {
            return; // pushed before it was unwatched
        }
        if (!message.has("events")) {
            failures.add("pushed " + message);
        }
        for (JsonNode event : message.path("events")) {
            if (event.path("seq").intValue() != events.size() + 1) {
                failures.add("event " + (events.size() + 1) + " is expected, and pushed is " + message);
                return;
            }
            events.add(event);
        }
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
        }
    }
}
