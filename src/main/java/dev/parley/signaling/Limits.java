package dev.parley.signaling;

import dev.parley.config.InvalidConfiguration;
import dev.parley.session.Candidate;
import dev.parley.session.Description;
import dev.parley.session.Opening;
import dev.parley.session.Quota;
import dev.parley.session.SignalingException.OutOfBounds;
import dev.parley.session.Trickle;
import io.quarkus.runtime.configuration.MemorySize;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks requests against the configured bounds; a value that exceeds its bound is refused with {@link OutOfBounds}. */
public final class Limits {
    private final SessionConfig config;

    /** @throws InvalidConfiguration if the default lifetime is not between the shortest and the longest */
    public Limits(SessionConfig config) {
        if (config.ttlMin().compareTo(config.ttl()) > 0 || config.ttl().compareTo(config.ttlMax()) > 0) {
            throw new InvalidConfiguration(
                    "parley.session.ttl: must be between parley.session.ttl-min and parley.session.ttl-max.");
        }
        this.config = config;
    }

    /** The quota of each namespace. */
    public static Quota quota(SessionConfig config) {
        return new Quota(
                config.sessionsPerNamespace().map(Integer::longValue).orElse(Long.MAX_VALUE),
                config.bytesPerNamespace().map(MemorySize::asLongValue).orElse(Long.MAX_VALUE));
    }

    /** Checks each field of {@code opening}; returns the lifetime of the session. */
    public Duration admit(Opening opening) {
        admitNames(opening.code() == null ? null : opening.code().text(), opening.topic());
        if (opening.peerId() != null) {
            admitText("peerId", opening.peerId(), 0, config.peerIdCharsMax());
        }
        admitTags(opening.tags());
        admit("offer", opening.offer());
        admit(opening.trickle());
        return admitTtl(opening.ttl());
    }

    /** Checks a code and a topic; each may be null. */
    void admitNames(@Nullable String code, @Nullable String topic) {
        if (code != null) {
            atMost("code", code.length(), config.codeCharsMax(), "characters");
        }
        if (topic != null) {
            admitText("topic", topic, 1, config.topicCharsMax());
        }
    }

    /** Checks an offer or an answer. */
    public void admit(String field, Description description) {
        int bytes = description.utf8().length;
        if (bytes == 0) {
            throw new OutOfBounds(field, field + " must not be empty.");
        }
        atMost(field, bytes, config.descriptionBytesMax(), "bytes");
    }

    /** Checks each candidate, and their number in one request. */
    public void admit(Trickle trickle) {
        atMost("candidates", trickle.candidates().size(), config.candidatesPerRequestMax(), "in one request");
        for (Candidate candidate : trickle.candidates()) {
            atMost("candidates", candidate.json().length, config.candidateBytesMax(), "bytes each");
        }
    }

    /** The granted lifetime: {@code asked}, or the default for null. */
    public Duration admitTtl(@Nullable Duration asked) {
        Duration ttl = asked == null ? config.ttl() : asked;
        if (ttl.compareTo(config.ttlMin()) < 0 || ttl.compareTo(config.ttlMax()) > 0) {
            throw new OutOfBounds(
                    "ttl",
                    "ttl must be from " + config.ttlMin().toSeconds() + " to "
                            + config.ttlMax().toSeconds() + " seconds.");
        }
        return ttl;
    }

    private void admitTags(List<String> tags) {
        atMost("tags", tags.size(), config.tagsMax(), "of them");
        for (String tag : tags) {
            admitText("tags", tag, 1, config.tagCharsMax());
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
