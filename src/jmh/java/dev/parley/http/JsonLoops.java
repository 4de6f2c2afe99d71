package dev.parley.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.bench.SampleDescriptions;
import dev.parley.http.Views.EventsView;
import dev.parley.http.api.Requests;
import dev.parley.session.Candidate;
import dev.parley.session.Description;
import dev.parley.session.Event;
import dev.parley.session.Side;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** JSON in and out: the request that opens a session, and the reply with an answer and a candidate. */
@State(Scope.Benchmark)
public class JsonLoops {
    private static final int DEPTH_MAX = 16;

    private final Json json = new Json(DEPTH_MAX);
    private final ObjectMapper writer = writer();
    private final byte[] opening = utf8("{\"topic\":\"chess\",\"peerId\":\"peer\",\"offer\":" + SampleDescriptions.SDP
            + ",\"candidates\":" + SampleDescriptions.candidates("o", 1) + "}");
    private final List<Event> events = List.of(
            new Event.Answered(2, 1, Description.of(SampleDescriptions.SDP)),
            new Event.Trickled(3, Side.ANSWERER, 1, new Candidate(utf8(SampleDescriptions.candidate("a", 1)))));

    @Benchmark
    public Object jsonIn() {
        return json.read(opening, Requests.Open.class);
    }

    @Benchmark
    public byte[] jsonOut() throws JsonProcessingException {
        return writer.writeValueAsBytes(EventsView.of(events, 1));
    }

    private static ObjectMapper writer() {
        var mapper = new ObjectMapper();
        new Json.InReplies().customize(mapper);
        return mapper;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
