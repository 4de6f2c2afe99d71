package dev.parley.http;

import static dev.parley.http.TestClient.object;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.UUID;

/** A session that a test has opened, with what its peers need. */
public record HttpSession(TestClient client, String code, String offererToken, String answererToken) {
    public static final String OFFER = "v=0\r\no=- 4611731 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
    public static final String ANSWER = "v=0\r\no=- 9876543 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

    /** An unanswered session, in an origin of its own. */
    public static HttpSession opened() {
        return opened(TestClient.ofNewOrigin());
    }

    public static HttpSession opened(TestClient client) {
        var session = new HttpSession(client, newCode(), newToken(), newToken());
        client.post("/api/v1/sessions")
                .token(session.offererToken)
                .json(object("offer", OFFER, "code", session.code))
                .is(201);
        return session;
    }

    /** An answered session, in an origin of its own. */
    public static HttpSession answered() {
        HttpSession session = opened();
        session.answer().is(201);
        return session;
    }

    public static String newCode() {
        return "code-" + UUID.randomUUID();
    }

    public static String newToken() {
        return "token-" + UUID.randomUUID();
    }

    public String path() {
        return "/api/v1/sessions/" + code;
    }

    public HttpReply read() {
        return client.get(path()).send();
    }

    /** The entity tag of the session as it is now. */
    public String tag() {
        return read().header("ETag");
    }

    public HttpReply events() {
        return client.get(path() + "/events").send();
    }

    public HttpReply answer() {
        return client.put(path() + "/answer").token(answererToken).json(object("answer", ANSWER));
    }

    public HttpReply trickle(String token, ObjectNode body) {
        return client.post(path() + "/candidates").token(token).json(body);
    }

    public HttpReply renegotiate(String ifMatch, String offer) {
        return client.put(path() + "/offer")
                .token(offererToken)
                .header("If-Match", ifMatch)
                .json(object("offer", offer));
    }
}
