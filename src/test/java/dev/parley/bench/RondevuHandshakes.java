package dev.parley.bench;

import static io.netty.handler.codec.http.HttpMethod.POST;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;

/**
 * Whole handshakes through the compatible API, twenty-one requests each: an offer, the answerer's first poll, the answer, six
 * candidates a side one by one, and three polls a side.
 */
final class RondevuHandshakes implements RequestSequence {
    private static final int CANDIDATES = 6;
    private static final Map<String, String> HEADERS = Map.of("Origin", SampleDescriptions.ORIGIN);

    private final Queue<LoadRequest> due = new ArrayDeque<>();
    private final Handshakes handshakes = new Handshakes();
    private long offers;

    @Override
    public LoadRequest next() {
        LoadRequest call = due.poll();
        return call == null ? open(++offers) : call;
    }

    Handshakes handshakes() {
        return handshakes;
    }

    private LoadRequest open(long offer) {
        LoadRequest opening = LoadRequest.send(
                        POST,
                        "/room" + offer % 100 + "/offer",
                        HEADERS,
                        "{\"peerId\":\"peer-" + offer + "\",\"offer\":" + SampleDescriptions.SDP + "}")
                .andTell();
        handshakes.begin(opening);
        return opening;
    }

    @Override
    public void received(LoadRequest call, int status, String body) {
        if (status != 200 || call.path().equals("/poll")) {
            handshakes.end(call);
            return;
        }
        String code = body.substring("{\"code\":\"".length(), body.lastIndexOf('"'));
        LoadRequest last = poll(code, "offerer").andTell();
        handshakes.goOn(call, last);
        due.add(poll(code, "answerer"));
        due.add(say(code, "answerer", "answer", SampleDescriptions.SDP));
        for (int i = 1; i <= CANDIDATES; i++) {
            due.add(say(code, "offerer", "candidate", SampleDescriptions.quoted(SampleDescriptions.candidate("o", i))));
            due.add(say(
                    code, "answerer", "candidate", SampleDescriptions.quoted(SampleDescriptions.candidate("a", i))));
            if (i % 2 == 0) {
                due.add(poll(code, "answerer"));
                due.add(i < CANDIDATES ? poll(code, "offerer") : last);
            }
        }
    }

    private static LoadRequest poll(String code, String side) {
        return LoadRequest.send(POST, "/poll", HEADERS, "{\"code\":\"" + code + "\",\"side\":\"" + side + "\"}");
    }

    private static LoadRequest say(String code, String side, String what, String json) {
        return LoadRequest.send(
                POST,
                "/answer",
                HEADERS,
                "{\"code\":\"" + code + "\",\"side\":\"" + side + "\",\"" + what + "\":" + json + "}");
    }
}
