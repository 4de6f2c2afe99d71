package dev.parley.bench;

import static io.netty.handler.codec.http.HttpMethod.POST;
import static io.netty.handler.codec.http.HttpMethod.PUT;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;

/**
 * Whole handshakes through {@code /api/v1}, eight requests each: create with two candidates, the answerer's snapshot, the answer
 * with two candidates, two more candidates a side, the events for each side, and a conditional snapshot.
 */
public final class NativeHandshakes implements RequestSequence {
    private final String run;
    private final Queue<LoadRequest> due = new ArrayDeque<>();
    private final Handshakes handshakes = new Handshakes();
    private long sessions;

    /** @param run a word of its own for each run against one store */
    public NativeHandshakes(String run) {
        this.run = run;
    }

    @Override
    public LoadRequest next() {
        LoadRequest call = due.poll();
        return call == null ? open(++sessions) : call;
    }

    Handshakes handshakes() {
        return handshakes;
    }

    private LoadRequest open(long session) {
        String code = run + "-" + session;
        LoadRequest opening = LoadRequest.send(
                        POST,
                        "/api/v1/sessions",
                        of("offerer", code),
                        "{\"code\":\"" + code + "\",\"topic\":\"room" + session % 100
                                + "\",\"peerId\":\"peer\",\"offer\":" + SampleDescriptions.SDP + ",\"candidates\":"
                                + SampleDescriptions.candidates("o", 1) + "}")
                .andTell();
        handshakes.begin(opening);
        return opening;
    }

    @Override
    public void received(LoadRequest call, int status, String body) {
        if (status != 201) {
            handshakes.end(call);
            return;
        }
        int from = body.indexOf(run);
        String code = body.substring(from, body.indexOf('"', from));
        String path = "/api/v1/sessions/" + code;
        if (call.method().equals(POST)) {
            due.add(LoadRequest.get(path, of("answerer", code)));
            LoadRequest answer = LoadRequest.send(
                            PUT,
                            path + "/answer",
                            of("answerer", code),
                            "{\"answer\":" + SampleDescriptions.SDP + ",\"candidates\":"
                                    + SampleDescriptions.candidates("a", 1) + "}")
                    .andTell();
            handshakes.goOn(call, answer);
            due.add(answer);
            due.add(trickle(path, of("offerer", code), "o"));
        } else {
            due.add(trickle(path, of("answerer", code), "a"));
            due.add(LoadRequest.get(path + "/events?after=1", of("offerer", code)));
            due.add(LoadRequest.get(path + "/events?after=0", of("answerer", code)));
            LoadRequest last = LoadRequest.get(path + "/events?after=9", of("offerer", code))
                    .andTell();
            handshakes.goOn(call, last);
            due.add(last);
        }
    }

    private static LoadRequest trickle(String path, Map<String, String> headers, String side) {
        return LoadRequest.send(
                POST, path + "/candidates", headers, "{\"candidates\":" + SampleDescriptions.candidates(side, 3) + "}");
    }

    private static Map<String, String> of(String side, String code) {
        return Map.of(
                "Origin",
                SampleDescriptions.ORIGIN,
                "Session-Token",
                side + "-of-" + code + "-with-more-than-128-bits");
    }
}
