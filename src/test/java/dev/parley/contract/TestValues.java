package dev.parley.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.parley.session.Candidate;
import dev.parley.session.Description;
import dev.parley.session.Event;
import dev.parley.session.SessionToken;
import dev.parley.session.Side;
import dev.parley.session.Trickle;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Short forms of descriptions, candidates and results. */
final class TestValues {
    private static final SecureRandom RANDOM = new SecureRandom();

    private TestValues() {}

    static SessionToken newToken() {
        return SessionToken.random(RANDOM);
    }

    static Candidate candidate(String text) {
        return new Candidate(('"' + text + '"').getBytes(UTF_8));
    }

    static Trickle candidates(String... texts) {
        return new Trickle(Arrays.stream(texts).map(TestValues::candidate).toList(), false);
    }

    /** Candidates, and the end of candidates. */
    static Trickle lastCandidates(String... texts) {
        return new Trickle(candidates(texts).candidates(), true);
    }

    /** The candidates numbered {@code from} to {@code to}, exclusive. */
    static Trickle numbered(int from, int to) {
        List<Candidate> candidates = IntStream.range(from, to)
                .mapToObj(number -> candidate("candidate " + number))
                .toList();
        return new Trickle(candidates, false);
    }

    static Event offered(long seq, int generation, String offer) {
        return new Event.Offered(seq, generation, Description.of(offer));
    }

    static Event answered(long seq, int generation, String answer) {
        return new Event.Answered(seq, generation, Description.of(answer));
    }

    static Event trickled(long seq, Side side, int generation, String candidate) {
        return new Event.Trickled(seq, side, generation, candidate(candidate));
    }

    static Event ended(long seq, Side side, int generation) {
        return new Event.EndOfCandidates(seq, side, generation);
    }
}
