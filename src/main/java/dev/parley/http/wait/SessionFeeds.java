package dev.parley.http.wait;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.http.HttpConfig;
import dev.parley.http.Views.EventView;
import dev.parley.http.wait.SessionFeed.Sink;
import dev.parley.http.wait.SessionFeed.Subscriber;
import dev.parley.session.Event;
import dev.parley.session.SessionKey;
import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import dev.parley.waiting.EventBatch;
import dev.parley.waiting.WaitRegistry;
import jakarta.inject.Singleton;
import java.util.List;

/** Opens feeds of sessions, and encodes what they deliver. */
@Singleton
public final class SessionFeeds {
    private final Signaling signaling;
    private final WaitRegistry registry;
    private final ObjectMapper json;
    private final int pageMax;

    public SessionFeeds(Signaling signaling, WaitRegistry registry, ObjectMapper json, HttpConfig config) {
        this.signaling = signaling;
        this.registry = registry;
        this.json = json;
        this.pageMax = config.pageMax();
    }

    /**
     * A feed of the session under {@code key}, on the caller's event loop. It delivers nothing before {@link SessionFeed#start}, and
     * counts as a waiting request until {@link SessionFeed#close}.
     *
     * @throws dev.parley.session.SignalingException.TooManyWaits if the session or the client has the maximum number of waiting requests
     * @throws dev.parley.session.SignalingException.Busy if this process has, or is stopping
     */
    public SessionFeed open(Subscriber client, SessionKey key, Sink sink) {
        return new SessionFeed(
                registry,
                key,
                (incarnation, seq) -> signaling.follow(ReadFrom.PRIMARY, key, incarnation, seq, pageMax),
                pageMax,
                client,
                sink);
    }

    /** The events of {@code batch} as JSON in UTF-8; each is encoded once for all clients. */
    public List<byte[]> json(EventBatch batch) {
        return batch.encoded(this::json);
    }

    private byte[] json(Event event) {
        try {
            return json.writeValueAsBytes(EventView.of(event));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Every event is valid JSON", e);
        }
    }
}
