package dev.parley.campaigns.histories;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.http.ChannelClient;
import dev.parley.session.SessionKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A topic that is watched over a channel of its own: the table of sessions that a client would show. */
final class ChannelTopic implements ServiceUnderTest.Watched {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Supplier<String> list;
    private final Map<String, JsonNode> table = new ConcurrentHashMap<>();
    private final ChannelClient channel;
    private volatile @Nullable String contradiction;

    /** @param list reads the list of the topic over HTTP */
    ChannelTopic(URI service, SessionKey key, String topic, Supplier<String> list) {
        this.list = list;
        this.channel = ChannelClient.connect(service, key.namespace().name(), this::receive);
        channel.call("watch", "topic", topic).is(200);
    }

    private void receive(JsonNode changes) {
        for (JsonNode gone : changes.path("gone")) {
            if (table.remove(gone.asText()) == null) {
                contradiction = gone + " is gone and was not there";
            }
        }
        changes.path("opened").forEach(opened -> table.put(opened.path("code").asText(), opened));
    }

    @Override
    public Optional<String> difference() {
        if (contradiction != null) {
            return Optional.of(contradiction);
        }
        Set<JsonNode> listed = new LinkedHashSet<>();
        try {
            JSON.readTree(list.get()).required("items").forEach(listed::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Set<JsonNode> received = Set.copyOf(table.values());
        return received.equals(listed)
                ? Optional.empty()
                : Optional.of("received " + received + ", and listed are " + listed);
    }

    @Override
    public void close() {
        channel.close();
    }
}
