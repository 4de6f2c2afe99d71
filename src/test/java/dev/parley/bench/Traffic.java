package dev.parley.bench;

import java.util.Map;

/** An endless sequence of requests, some of which follow from replies. Used by one thread. */
public interface Traffic {
    Call next();

    /** {@code GET /health} again and again: what the framework can do at most, with as good as nothing behind it. */
    static Traffic health() {
        Call call = Call.get("/health", Map.of());
        return () -> call;
    }

    /** Takes the reply to {@code call}. */
    default void heard(Call call, int status, String body) {}
}
