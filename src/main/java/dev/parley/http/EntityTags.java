package dev.parley.http;

import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.SignalingException.PreconditionMissing;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Conditions on the state of a session (RFC 9110, section 13.1). A session's entity tag is its seq. */
final class EntityTags {
    private static final Pattern TAG = Pattern.compile("\\s*(W/)?\"([\\x21\\x23-\\x7e]*)\"\\s*(,?)");
    private static final Pattern SEQ = Pattern.compile("[1-9][0-9]{0,17}");
    private static final long NO_SEQ = -1;

    private EntityTags() {}

    static String of(long seq) {
        return "\"" + seq + "\"";
    }

    /**
     * The state that If-Match asks for, or null for {@code *}: any. A tag that no session can have matches none; so does a weak
     * one, because If-Match compares strongly.
     */
    static @Nullable Long ifMatch(@Nullable String header) {
        if (header == null) {
            throw new PreconditionMissing();
        }
        if (header.strip().equals("*")) {
            return null;
        }
        var tag = TAG.matcher(header);
        if (!tag.matches() || !tag.group(3).isEmpty()) {
            throw new Malformed("If-Match is one entity tag in quotes, as ETag gave it, or *.");
        }
        boolean strong = tag.group(1) == null;
        return strong && SEQ.matcher(tag.group(2)).matches() ? Long.parseLong(tag.group(2)) : NO_SEQ;
    }

    /** Whether If-None-Match names the state {@code seq}; weak tags count, as RFC 9110 has it. */
    static boolean noneMatchNames(@Nullable String header, long seq) {
        if (header == null) {
            return false;
        }
        if (header.strip().equals("*")) {
            return true;
        }
        var tag = TAG.matcher(header);
        boolean named = false;
        // One tag after another: an expression for the whole list would recurse as deep as the list is long.
        while (tag.lookingAt()) {
            named |= tag.group(2).equals(Long.toString(seq));
            boolean last = tag.group(3).isEmpty();
            if (last && tag.end() == header.length()) {
                return named;
            }
            if (last) {
                break;
            }
            tag.region(tag.end(), header.length());
        }
        throw new Malformed("If-None-Match is a list of entity tags in quotes, or *.");
    }
}
