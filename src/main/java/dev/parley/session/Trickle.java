package dev.parley.session;

import java.util.LinkedHashSet;
import java.util.List;

/**
 * What a peer trickles in one request: candidates, and perhaps that there will be no more.
 *
 * @param candidates each once, in the order they came
 * @param end whether these are the last of this side's generation
 */
public record Trickle(List<Candidate> candidates, boolean end) {
    public static final Trickle NOTHING = new Trickle(List.of(), false);

    public Trickle {
        candidates = List.copyOf(new LinkedHashSet<>(candidates));
    }
}
