package dev.parley.http;

import dev.parley.session.Listing;
import dev.parley.session.Page;
import dev.parley.session.Session.SessionVersion;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.SignalingException.PreconditionMissing;
import dev.parley.session.TokenHash;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The entity tags in If-Match or If-None-Match; several header lines are one list (RFC 9110, sections 5.3, 8.8.3 and 13.1). The
 * entity tag of a session is its {@link SessionVersion}, that of a list a hash of its content.
 *
 * @param any whether the header is {@code *}
 */
public record EntityTags(boolean any, List<Tag> tags) {
    /** One element of a list: an expression for the whole list would recurse once for each element. */
    private static final Pattern ELEMENT =
            Pattern.compile("[ \\t]*(?:(W/)?\"([\\x21\\x23-\\x7e\\x80-\\xff]*)\"[ \\t]*)?(,|$)");

    private static final Pattern VERSION = Pattern.compile("([0-9a-z]{1,13})[.]([0-9a-z]{1,13})[.]([0-9a-z]{1,13})");
    private static final int RADIX = 36;
    private static final EntityTags ABSENT = new EntityTags(false, List.of());
    private static final int HASH_BYTES = 16;

    record Tag(boolean weak, String opaque) {}

    /** The entity tag of a session at {@code version}, quotes included. */
    public static String of(SessionVersion version) {
        return '"' + opaque(version) + '"';
    }

    private static String opaque(SessionVersion version) {
        return incarnation(version.incarnation())
                + '.'
                + Long.toString(version.seq(), RADIX)
                + '.'
                + Long.toString(version.expiresAt().toEpochMilli(), RADIX);
    }

    /** The entity tag of a list, quotes included: a hash of everything that its items and its cursor contain. */
    public static String of(Page<Listing> page) {
        var content = new StringBuilder();
        // No stored text contains U+0000, and no tag a line break.
        for (Listing item : page.items()) {
            content.append(item.code())
                    .append('\0')
                    .append(item.topic())
                    .append('\0')
                    .append(item.peerId() == null ? "" : "=" + item.peerId())
                    .append('\0')
                    .append(String.join("\n", item.tags()))
                    .append('\0')
                    .append(item.createdAt().toEpochMilli())
                    .append('\0')
                    .append(item.expiresAt().toEpochMilli())
                    .append('\0');
        }
        content.append(page.next() == null ? "" : page.next().position());
        byte[] hash = TokenHash.sha256(content.toString().getBytes(StandardCharsets.UTF_8));
        return '"' + HexFormat.of().formatHex(hash, 0, HASH_BYTES) + '"';
    }

    /** An incarnation in 1 to 13 characters {@code 0-9 a-z}. */
    public static String incarnation(long number) {
        if (number >= 0) {
            return Long.toString(number, RADIX);
        }
        long rest = Long.divideUnsigned(number, RADIX); // toUnsignedString would calculate with BigInteger
        return Long.toString(rest, RADIX) + Character.forDigit((int) (number - rest * RADIX), RADIX);
    }

    /**
     * The list in {@code headers}. Empty elements count as none (RFC 9110, section 5.6.1.2).
     *
     * @throws Malformed if the header is neither a list of entity tags nor {@code *}
     */
    public static EntityTags parse(String name, List<String> headers) {
        if (headers.isEmpty()) {
            return ABSENT;
        }
        String list = String.join(",", headers);
        if (list.strip().equals("*")) {
            return new EntityTags(true, List.of());
        }
        var tags = new ArrayList<Tag>();
        Matcher element = ELEMENT.matcher(list);
        for (boolean last = false; !last; element.region(element.end(), list.length())) {
            if (!element.lookingAt()) {
                throw new Malformed(
                        name + " must be * or a comma-separated list of entity tags in quotes, as in ETag.");
            }
            if (element.group(2) != null) {
                tags.add(new Tag(element.group(1) != null, element.group(2)));
            }
            last = element.group(3).isEmpty();
        }
        return new EntityTags(false, tags);
    }

    /** Whether the header is absent or empty. */
    public boolean isNone() {
        return !any && tags.isEmpty();
    }

    /** Whether the header contains {@code version}; weak tags count (RFC 9110, section 13.1.2). */
    public boolean names(SessionVersion version) {
        return any || (!tags.isEmpty() && names(of(version)));
    }

    /** Whether the header contains an entity tag of the session with this {@code incarnation}, in any state. */
    public boolean names(long incarnation) {
        return any
                || tags.stream()
                        .flatMap(tag -> version(tag.opaque()).stream())
                        .anyMatch(version -> version.incarnation() == incarnation);
    }

    /** Whether the header contains the entity tag {@code quoted}; weak tags count (RFC 9110, section 13.1.2). */
    public boolean names(String quoted) {
        String opaque = quoted.substring(1, quoted.length() - 1);
        return any || tags.stream().anyMatch(tag -> tag.opaque().equals(opaque));
    }

    /** Whether If-Match allows the entity tag {@code quoted}; weak tags allow none (RFC 9110, section 13.1.1). */
    public boolean allows(String quoted) {
        String opaque = quoted.substring(1, quoted.length() - 1);
        return any || tags.contains(new Tag(false, opaque));
    }

    /**
     * The versions that If-Match allows; null if it allows any. Weak tags allow none, because If-Match compares strongly (RFC 9110,
     * section 13.1.1), nor do tags that no session has.
     *
     * @throws PreconditionMissing if the header is absent
     */
    @Nullable
    public List<SessionVersion> required() {
        if (any) {
            return null;
        }
        if (tags.isEmpty()) {
            throw new PreconditionMissing();
        }
        return tags.stream()
                .filter(tag -> !tag.weak())
                .flatMap(tag -> version(tag.opaque()).stream())
                .distinct()
                .toList();
    }

    private static Optional<SessionVersion> version(String opaque) {
        Matcher parts = VERSION.matcher(opaque);
        try {
            if (!parts.matches()) {
                return Optional.empty();
            }
            var version = new SessionVersion(
                    Long.parseUnsignedLong(parts.group(1), RADIX),
                    Long.parseLong(parts.group(2), RADIX),
                    Instant.ofEpochMilli(Long.parseLong(parts.group(3), RADIX)));
            // Tags are compared by character (RFC 9110, section 8.8.3.2), so leading zeros make another tag.
            return opaque(version).equals(opaque) ? Optional.of(version) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty(); // too large for any session
        }
    }
}
