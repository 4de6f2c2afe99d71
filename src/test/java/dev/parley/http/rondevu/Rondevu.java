package dev.parley.http.rondevu;

import static dev.parley.http.TestClient.object;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.parley.http.HttpReply;
import dev.parley.http.HttpSession;
import dev.parley.http.TestClient;
import java.net.URLEncoder;

/** The calls of a rondevu client. */
record Rondevu(TestClient client) {
    static final String NOT_FOUND = "Session not found, expired, or origin mismatch";

    static Rondevu ofNewOrigin() {
        return new Rondevu(TestClient.ofNewOrigin());
    }

    /** The code of a new session under {@code topic}. */
    String opened(String topic) {
        return offer(topic, object("peerId", "alice", "offer", HttpSession.OFFER))
                .is(200)
                .textAt("/code");
    }

    HttpReply offer(String topic, Object body) {
        return client.post("/" + encoded(topic) + "/offer").json(body.toString());
    }

    HttpReply answer(String code, String answer) {
        return client.post("/answer").json(object("code", code, "side", "answerer", "answer", answer));
    }

    HttpReply candidate(String code, String side, String candidate) {
        return client.post("/answer").json(object("code", code, "side", side, "candidate", candidate));
    }

    HttpReply poll(String code, String side) {
        return client.post("/poll").json(object("code", code, "side", side));
    }

    HttpReply sessions(String topic) {
        return client.get("/" + encoded(topic) + "/sessions").send();
    }

    /** As {@code encodeURIComponent} has it. */
    static String encoded(String topic) {
        return URLEncoder.encode(topic, UTF_8).replace("+", "%20");
    }
}
