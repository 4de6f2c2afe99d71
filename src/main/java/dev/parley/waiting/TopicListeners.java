package dev.parley.waiting;

import dev.parley.session.KeyMark;
import dev.parley.session.TopicKey;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The listeners for changes of topics, at most one per topic. */
final class TopicListeners {
    private final ConcurrentHashMap<TopicKey, Runnable> listeners = new ConcurrentHashMap<>();

    /** The keys of {@link #listeners} by their marks, which are all that other nodes send. */
    private final ConcurrentHashMap<KeyMark, TopicKey> keys = new ConcurrentHashMap<>();

    void add(TopicKey topic, Runnable listener) {
        listeners.put(topic, listener);
        keys.put(topic.mark(), topic);
    }

    void remove(TopicKey topic) {
        listeners.remove(topic);
        keys.remove(topic.mark());
    }

    void changed(KeyMark topic) {
        changed(keys.get(topic));
    }

    void changed(@Nullable TopicKey topic) {
        Runnable listener = topic == null ? null : listeners.get(topic);
        if (listener != null) {
            listener.run();
        }
    }

    void allChanged() {
        listeners.values().forEach(Runnable::run);
    }

    boolean isEmpty() {
        return listeners.isEmpty() && keys.isEmpty();
    }
}
