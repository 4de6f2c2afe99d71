package dev.parley.store.sql;

import dev.parley.session.Candidate;
import dev.parley.session.Description;
import dev.parley.session.Event;
import dev.parley.session.Events;
import dev.parley.session.Opening;
import dev.parley.session.Session;
import dev.parley.session.SessionKey;
import dev.parley.session.Side;
import dev.parley.session.SideState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A session with all that was ever said in it, as one commit left it. What a peer can ask of a session is answered from it, the same
 * as from the rows. It never changes; {@link #continued} makes the next.
 */
public final class CachedSession {
    /** About what an event takes in memory beside its text, and a session beside its events; rather too much than too little. */
    private static final int OVERHEAD_BYTES = 128;

    private final SessionKey key;
    private final @Nullable String topic;
    private final @Nullable String peerId;
    private final List<String> tags;
    private final long incarnation;
    private final Instant createdAt;
    private final Instant expiresAt;
    private final int generation;

    /** Each at the position before its number. */
    private final List<Event> events;

    private final long bytes;

    private CachedSession(
            SessionKey key,
            @Nullable String topic,
            @Nullable String peerId,
            List<String> tags,
            long incarnation,
            Instant createdAt,
            Instant expiresAt,
            int generation,
            List<Event> events,
            long bytes) {
        this.key = key;
        this.topic = topic;
        this.peerId = peerId;
        this.tags = tags;
        this.incarnation = incarnation;
        this.createdAt = createdAt;
        this.expiresAt = expiresAt;
        this.generation = generation;
        this.events = events;
        this.bytes = bytes;
    }

    /** The transcript of a session that was opened just now; its times are told to the millisecond, as they are stored. */
    public static CachedSession opened(
            SessionKey key, Opening opening, long incarnation, Instant createdAt, Instant expiresAt) {
        List<Event> events = new ArrayList<>();
        events.add(new Event.Offered(1, 1, opening.offer()));
        events.addAll(opening.trickle().events(2, Side.OFFERER, 1));
        long bytes = OVERHEAD_BYTES
                + length(opening.topic())
                + length(opening.peerId())
                + opening.tags().stream().mapToLong(CachedSession::length).sum();
        return new CachedSession(
                key,
                opening.topic(),
                opening.peerId(),
                opening.tags(),
                incarnation,
                createdAt.truncatedTo(ChronoUnit.MILLIS),
                expiresAt.truncatedTo(ChronoUnit.MILLIS),
                1,
                events,
                bytes + bytes(events));
    }

    /** The transcript after {@code more} was said, whose numbers follow. */
    public CachedSession continued(int generation, Instant expiresAt, List<Event> more) {
        List<Event> all = Stream.concat(events.stream(), more.stream()).toList();
        return new CachedSession(
                key, topic, peerId, tags, incarnation, createdAt, expiresAt, generation, all, bytes + bytes(more));
    }

    public SessionKey key() {
        return key;
    }

    public Instant expiresAt() {
        return expiresAt;
    }

    /** All events, in their order. */
    public List<Event> history() {
        return events;
    }

    /** The number of the latest event. */
    public long seq() {
        return events.size();
    }

    /** About how many bytes of memory it takes, itself and all that only it refers to. */
    public long bytes() {
        return bytes;
    }

    /** The session as it stands. */
    public Session session() {
        return new Session(
                key.code(),
                topic,
                peerId,
                tags,
                generation,
                incarnation,
                seq(),
                saidBy(Side.OFFERER),
                saidBy(Side.ANSWERER),
                createdAt,
                expiresAt);
    }

    /** What {@code side} has said in the current generation. */
    public SideState saidBy(Side side) {
        Description description = null;
        var candidates = new ArrayList<Candidate>();
        boolean end = false;
        for (Event event : events) {
            if (event.generation() != generation || event.side() != side) {
                continue;
            }
            if (event instanceof Event.Offered offered) {
                description = offered.offer();
            } else if (event instanceof Event.Answered answered) {
                description = answered.answer();
            } else if (event instanceof Event.Trickled trickled) {
                candidates.add(trickled.candidate());
            } else {
                end = true;
            }
        }
        return new SideState(description, candidates, end);
    }

    /** The events behind number {@code after}, at most {@code limit}. */
    public Events events(long after, int limit) {
        long from = Math.min(after, seq());
        long to = Math.min(from + limit, seq());
        return new Events(events.subList((int) from, (int) to), incarnation, expiresAt);
    }

    private static long bytes(List<Event> events) {
        long bytes = 0;
        for (Event event : events) {
            bytes += OVERHEAD_BYTES;
            if (event instanceof Event.Offered offered) {
                bytes += offered.offer().utf8().length;
            } else if (event instanceof Event.Answered answered) {
                bytes += answered.answer().utf8().length;
            } else if (event instanceof Event.Trickled trickled) {
                bytes += trickled.candidate().json().length;
            }
        }
        return bytes;
    }

    private static long length(@Nullable String text) {
        return text == null ? 0 : 2L * text.length();
    }
}
