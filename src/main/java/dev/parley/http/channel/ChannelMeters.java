package dev.parley.http.channel;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Counts and times the requests of channels, and counts pushed messages and closes. All meters are registered at the start. */
@Singleton
final class ChannelMeters {
    /** The label of messages that name no operation. */
    static final String INVALID = "invalid";

    private static final int STATUS_CLASSES = 5;

    private record Meters(List<Counter> byStatusClass, Timer time) {}

    private final Map<String, Meters> messages = new HashMap<>();
    private final Counter events;
    private final Counter topics;
    private final Map<Short, Counter> closes = new HashMap<>();
    private final Counter closedByClient;

    ChannelMeters(MeterRegistry registry) {
        Stream.concat(Arrays.stream(Operation.values()).map(Operation::word), Stream.of(INVALID))
                .forEach(op -> messages.put(op, meters(registry, op)));
        this.events = pushes(registry, "session");
        this.topics = pushes(registry, "topic");
        for (CloseCode code : CloseCode.values()) {
            closes.put(code.number(), closes(registry, Short.toString(code.number())));
        }
        this.closedByClient = closes(registry, "client");
    }

    private static Meters meters(MeterRegistry registry, String op) {
        List<Counter> byStatusClass = IntStream.rangeClosed(1, STATUS_CLASSES)
                .mapToObj(first -> Counter.builder("parley.channel.messages")
                        .description("Requests of channels that were replied to, by the first digit of the status")
                        .tag("op", op)
                        .tag("status", first + "xx")
                        .register(registry))
                .toList();
        Timer time = Timer.builder("parley.channel.message")
                .description("Time from a request of a channel to its reply")
                .tag("op", op)
                .register(registry);
        return new Meters(byStatusClass, time);
    }

    private static Counter pushes(MeterRegistry registry, String of) {
        return Counter.builder("parley.channel.pushes")
                .description("Messages that were sent for a watch")
                .tag("of", of)
                .register(registry);
    }

    private static Counter closes(MeterRegistry registry, String code) {
        return Counter.builder("parley.channel.closes")
                .description("Channels that were closed, by the code of the service")
                .tag("code", code)
                .register(registry);
    }

    void replied(String op, int status, long nanos) {
        Meters of = messages.get(op);
        if (of != null) {
            of.byStatusClass
                    .get(Math.min(Math.max(status / 100, 1), STATUS_CLASSES) - 1)
                    .increment();
            of.time.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    void pushedEvents() {
        events.increment();
    }

    void pushedTopic() {
        topics.increment();
    }

    /** @param code null where the client closed the channel, or was lost */
    void closed(@Nullable CloseCode code) {
        Counter counter = code == null ? closedByClient : closes.get(code.number());
        if (counter != null) {
            counter.increment();
        }
    }
}
