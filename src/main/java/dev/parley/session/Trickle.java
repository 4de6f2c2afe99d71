package dev.parley.session;

import java.util.ArrayList;
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

    /** How many events it becomes where all of it is new. */
    public int size() {
        return candidates.size() + (end ? 1 : 0);
    }

    /** The events that it becomes where all of it is new, the first of them number {@code seq}. */
    public List<Event> events(long seq, Side side, int generation) {
        var events = new ArrayList<Event>(size());
        for (Candidate candidate : candidates) {
            events.add(new Event.Trickled(seq + events.size(), side, generation, candidate));
        }
        if (end) {
            events.add(new Event.EndOfCandidates(seq + events.size(), side, generation));
        }
        return events;
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
