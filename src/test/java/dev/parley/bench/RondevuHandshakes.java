package dev.parley.bench;

import static io.netty.handler.codec.http.HttpMethod.POST;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;

/**
 * Whole handshakes through the compatible API, twenty-one requests each: an offer, the answerer's first poll, the answer, six
 * candidates a side one by one, and three polls a side.
 */
final class RondevuHandshakes implements Traffic {
    private static final int CANDIDATES = 6;
    private static final Map<String, String> HEADERS = Map.of("Origin", Speech.ORIGIN);

    private final Queue<Call> due = new ArrayDeque<>();
    private final Handshakes handshakes = new Handshakes();
    private long offers;

    @Override
    public Call next() {
        Call call = due.poll();
        return call == null ? open(++offers) : call;
    }

    Handshakes handshakes() {
        return handshakes;
    }

    private Call open(long offer) {
        Call opening = Call.send(
                        POST,
                        "/room" + offer % 100 + "/offer",
                        HEADERS,
                        "{\"peerId\":\"peer-" + offer + "\",\"offer\":" + Speech.SDP + "}")
                .andTell();
        handshakes.begin(opening);
        return opening;
    }

    @Override
    public void heard(Call call, int status, String body) {
        if (status != 200 || call.path().equals("/poll")) {
            handshakes.end(call);
            return;
        }
        String code = body.substring("{\"code\":\"".length(), body.lastIndexOf('"'));
        Call last = poll(code, "offerer").andTell();
        handshakes.goOn(call, last);
        due.add(poll(code, "answerer"));
        due.add(say(code, "answerer", "answer", Speech.SDP));
        for (int i = 1; i <= CANDIDATES; i++) {
            due.add(say(code, "offerer", "candidate", Speech.quoted(Speech.candidate("o", i))));
            due.add(say(code, "answerer", "candidate", Speech.quoted(Speech.candidate("a", i))));
            if (i % 2 == 0) {
                due.add(poll(code, "answerer"));
                due.add(i < CANDIDATES ? poll(code, "offerer") : last);
            }
        }
    }

    private static Call poll(String code, String side) {
        return Call.send(POST, "/poll", HEADERS, "{\"code\":\"" + code + "\",\"side\":\"" + side + "\"}");
    }

    private static Call say(String code, String side, String what, String json) {
        return Call.send(
                POST,
                "/answer",
                HEADERS,
                "{\"code\":\"" + code + "\",\"side\":\"" + side + "\",\"" + what + "\":" + json + "}");
    }
}
