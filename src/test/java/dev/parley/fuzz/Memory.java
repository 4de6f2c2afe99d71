package dev.parley.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.http.Reply;

/** What the service handed out last, so that requests can bring it back. */
final class Memory {
    private String bookmark = "first-primary";
    private String cursor = "cursor";

    void learn(Reply reply) {
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

    String cursor() {
        return cursor;
    }
}
