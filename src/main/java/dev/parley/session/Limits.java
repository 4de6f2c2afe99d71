package dev.parley.session;

import dev.parley.session.SignalingException.OutOfBounds;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The configured bounds. A value that exceeds its bound is refused with {@link OutOfBounds}, which names the field.
 *
 * @param descriptionBytesMax an offer or an answer, in bytes of UTF-8
 * @param candidateBytesMax one candidate, in bytes of its JSON text
 * @param candidatesPerRequestMax candidates in one request
 * @param candidatesPerSideMax candidates of one side in one generation
 * @param topicCharsMax a topic, in Unicode code points
 * @param peerIdCharsMax a peer id, in Unicode code points
 * @param codeCharsMax a code, in characters
 * @param tagsMax tags of a session
 * @param tagCharsMax one tag, in Unicode code points
 * @param quota of each namespace
 */
public record Limits(
        int descriptionBytesMax,
        int candidateBytesMax,
        int candidatesPerRequestMax,
        int candidatesPerSideMax,
        int topicCharsMax,
        int peerIdCharsMax,
        int codeCharsMax,
        int tagsMax,
        int tagCharsMax,
        Duration ttlDefault,
        Duration ttlMin,
        Duration ttlMax,
        Quota quota) {

    /** Checks each field of {@code opening}; returns the lifetime of the session. */
    public Duration admit(Opening opening) {
        if (opening.code() != null) {
            atMost("code", opening.code().text().length(), codeCharsMax, "characters");
        }
        if (opening.topic() != null) {
            admitText("topic", opening.topic(), 1, topicCharsMax);
        }
        if (opening.peerId() != null) {
            admitText("peerId", opening.peerId(), 0, peerIdCharsMax);
        }
        admitTags(opening.tags());
        admit("offer", opening.offer());
        admit(opening.trickle());
        return admitTtl(opening.ttl());
    }

    /** Checks an offer or an answer. */
    public void admit(String field, Description description) {
        int bytes = description.utf8().length;
        if (bytes == 0) {
            throw new OutOfBounds(field, field + " must not be empty.");
        }
        atMost(field, bytes, descriptionBytesMax, "bytes");
    }

    /** Checks each candidate, and their number in one request. */
    public void admit(Trickle trickle) {
        atMost("candidates", trickle.candidates().size(), candidatesPerRequestMax, "in one request");
        for (Candidate candidate : trickle.candidates()) {
            atMost("candidates", candidate.json().length, candidateBytesMax, "bytes each");
        }
    }

    /** The granted lifetime: {@code asked}, or the default for null. */
    public Duration admitTtl(@Nullable Duration asked) {
        Duration ttl = asked == null ? ttlDefault : asked;
        if (ttl.compareTo(ttlMin) < 0 || ttl.compareTo(ttlMax) > 0) {
            throw new OutOfBounds(
                    "ttl", "ttl must be from " + ttlMin.toSeconds() + " to " + ttlMax.toSeconds() + " seconds.");
        }
        return ttl;
    }

    private void admitTags(List<String> tags) {
        atMost("tags", tags.size(), tagsMax, "of them");
        for (String tag : tags) {
            admitText("tags", tag, 1, tagCharsMax);
            if (tag.chars().anyMatch(Character::isISOControl)) {
                throw new OutOfBounds("tags", "A tag must not contain control characters.");
            }
        }
    }

    private static void admitText(String field, String text, int charsMin, int charsMax) {
        int chars = text.codePointCount(0, text.length());
        if (chars < charsMin) {
            throw new OutOfBounds(field, field + " must not be empty.");
        }
        atMost(field, chars, charsMax, "characters");
        if (text.indexOf('\0') >= 0) {
            throw new OutOfBounds(field, field + " must not contain U+0000.");
        }
        // An unpaired surrogate has no UTF-8 form: it would be stored and returned as a question mark.
        if (text.codePoints().anyMatch(point -> Character.getType(point) == Character.SURROGATE)) {
            throw new OutOfBounds(field, field + " must not contain an unpaired surrogate.");
        }
    }

    private static void atMost(String field, int size, int max, String unit) {
        if (size > max) {
            throw new OutOfBounds(field, field + " must be at most " + max + " " + unit + " (was " + size + ").");
        }
    }
}
