package dev.parley.bench;

import java.util.Map;

/** An endless sequence of requests, some of which follow from replies. Used by one thread. */
public interface RequestSequence {
    LoadRequest next();

    /** {@code GET /health} again and again: what the framework can do at most, with as good as nothing behind it. */
    static RequestSequence health() {
        LoadRequest call = LoadRequest.get("/health", Map.of());
        return () -> call;
    }

    /** Takes the reply to {@code call}. */
    default void received(LoadRequest call, int status, String body) {}
}
