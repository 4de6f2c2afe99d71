package dev.parley.http.wait;

import dev.parley.http.EntityTags;
import dev.parley.session.SignalingException.Malformed;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The id of an event in a stream: which session it is of and its number there. A browser sends the last one back as
 * Last-Event-ID (HTML standard, section 9.2.4).
 *
 * @param incarnation in the form of {@link EntityTags#incarnation}; empty in the ids of an older version, which name no session
 */
public record EventId(String incarnation, long seq) {
    private static final Pattern ID = Pattern.compile("(?:([0-9a-z]{1,13})[.])?([0-9]{1,18})");

    static EventId of(long incarnation, long seq) {
        return new EventId(EntityTags.incarnation(incarnation), seq);
    }

    /**
     * The id in Last-Event-ID; null where there is none.
     *
     * @throws Malformed if it is no id of an event
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

    /** Whether it is an event of the session with this incarnation. */
    boolean isOf(long incarnation) {
        return this.incarnation.equals(EntityTags.incarnation(incarnation));
    }

    @Override
    public String toString() {
        return incarnation + '.' + seq;
    }
}
