package dev.parley.campaigns.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.http.HttpReply;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The latest values of replies, for use in later requests. */
final class ReturnedValues {
    private static final int TAGS_MAX = 20;

    private String bookmark = "first-primary";
    private String cursor = "cursor";
    private final Deque<String> tags = new ArrayDeque<>(List.of("\"0.0.0\""));

    void learn(HttpReply reply) {
        reply.headers().firstValue("ETag").ifPresent(tag -> {
            tags.addFirst(tag);
            if (tags.size() > TAGS_MAX) {
                tags.removeLast();
            }
        });
        reply.headers().firstValue("x-d1-bookmark").ifPresent(handed -> bookmark = handed);
        if (reply.status() == 200
                && reply.body().length > 0
                && reply.mediaType().equals("application/json")) {
            JsonNode next = reply.json().path("next");
            if (next.isTextual()) {
                cursor = next.textValue();
            }
        }
    }

    String bookmark() {
        return bookmark;
    }

    /** The entity tags of the latest replies, as a list. */
    String tags() {
        return String.join(", ", tags);
    }

    String cursor() {
        return cursor;
    }
}
