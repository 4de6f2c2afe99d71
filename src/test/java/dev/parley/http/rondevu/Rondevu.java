package dev.parley.http.rondevu;

import static dev.parley.http.Client.object;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.parley.http.Client;
import dev.parley.http.Rendezvous;
import dev.parley.http.Reply;
import java.net.URLEncoder;

/** The calls of a rondevu client. */
record Rondevu(Client client) {
    static final String NOT_FOUND = "Session not found, expired, or origin mismatch";

    static Rondevu ofNewOrigin() {
        return new Rondevu(Client.ofNewOrigin());
    }

    /** The code of a new session under {@code topic}. */
    String opened(String topic) {
        return offer(topic, object("peerId", "alice", "offer", Rendezvous.OFFER))
                .is(200)
                .textAt("/code");
    }

    Reply offer(String topic, Object body) {
        return client.post("/" + encoded(topic) + "/offer").json(body.toString());
    }

    Reply answer(String code, String answer) {
        return client.post("/answer").json(object("code", code, "side", "answerer", "answer", answer));
    }

    Reply candidate(String code, String side, String candidate) {
        return client.post("/answer").json(object("code", code, "side", side, "candidate", candidate));
    }

    Reply poll(String code, String side) {
        return client.post("/poll").json(object("code", code, "side", side));
    }

    Reply sessions(String topic) {
        return client.get("/" + encoded(topic) + "/sessions").send();
    }

    /** As {@code encodeURIComponent} has it. */
    static String encoded(String topic) {
        return URLEncoder.encode(topic, UTF_8).replace("+", "%20");
    }
}
