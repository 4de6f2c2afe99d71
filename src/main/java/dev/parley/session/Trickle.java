package dev.parley.session;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * The candidates of one request, and whether there will be no more.
 *
 * @param candidates each once, in the order of the request
 * @param end whether these are the side's last ones in the generation
 */
public record Trickle(List<Candidate> candidates, boolean end) {
    /** Estimated bytes of a row beside its payload, with its index entries. */
    static final int ROW_BYTES = 256;

    public static final Trickle NOTHING = new Trickle(List.of(), false);

    public Trickle {
        candidates = List.copyOf(new LinkedHashSet<>(candidates));
    }

    /** The number of its events, if all of it is new. */
    public int size() {
        return candidates.size() + (end ? 1 : 0);
    }

    /** Its events, if all of it is new; the first has the number {@code seq}. */
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

    /** An upper estimate of the bytes that it takes in a store. */
    public long bytes() {
        long bytes = 0;
        for (Candidate candidate : candidates) {
            bytes += ROW_BYTES + candidate.json().length;
        }
        return bytes;
    }

    /**
     * The result of a {@link Trickle}.
     *
     * @param seq the number of the session's latest event afterwards
     * @param added the number of candidates that the side did not have in this generation
     */
    public record Trickled(long seq, int added) {}
}
