package dev.parley.http.wait;

import dev.parley.http.EntityTags;
import dev.parley.session.SignalingException.Malformed;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The id of an event in a stream: its session and its number there. Browsers return the last one as Last-Event-ID (HTML standard,
 * section 9.2.4).
 *
 * @param incarnation in the form of {@link EntityTags#incarnation}; empty in ids of an older version
 */
public record EventId(String incarnation, long seq) {
    private static final Pattern ID = Pattern.compile("(?:([0-9a-z]{1,13})[.])?([0-9]{1,18})");

    static EventId of(long incarnation, long seq) {
        return new EventId(EntityTags.incarnation(incarnation), seq);
    }

    /**
     * The id in Last-Event-ID; null if there is none.
     *
     * @throws Malformed if it is not an event id
     */
    public static @Nullable EventId parse(@Nullable String header) {
        if (header == null || header.isEmpty()) {
            return null;
        }
        Matcher id = ID.matcher(header);
        if (!id.matches()) {
            throw new Malformed("Last-Event-ID must be the id of an event of this stream, as the stream sent it.");
        }
        return new EventId(id.group(1) == null ? "" : id.group(1), Long.parseLong(id.group(2)));
    }

    /** Whether the event belongs to the session with this incarnation. */
    boolean isOf(long incarnation) {
        return this.incarnation.equals(EntityTags.incarnation(incarnation));
    }

    @Override
    public String toString() {
        return incarnation + '.' + seq;
    }
}
