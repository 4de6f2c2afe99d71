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

    /** About how many bytes it takes in a store, rather too many than too few. */
    public long bytes() {
        long bytes = 0;
        for (Candidate candidate : candidates) {
            bytes += Opening.ROW_BYTES + candidate.json().length;
        }
        return bytes;
    }
}
