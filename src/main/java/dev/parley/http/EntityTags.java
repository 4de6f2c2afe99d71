package dev.parley.http;

import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.SignalingException.PreconditionMissing;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Conditions on the state of a session (RFC 9110, section 13.1). A session's entity tag is its seq. */
final class EntityTags {
    private static final Pattern LIST =
            Pattern.compile("\\s*(W/)?\"[\\x21\\x23-\\x7e]*\"\\s*(,\\s*(W/)?\"[\\x21\\x23-\\x7e]*\"\\s*)*");
    private static final Pattern SEQ = Pattern.compile("\"([0-9]{1,18})\"");
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
        if (!LIST.matcher(header).matches() || header.contains(",")) {
            throw new Malformed("If-Match is one entity tag in quotes, as ETag gave it, or *.");
        }
        var seq = SEQ.matcher(header.strip());
        return seq.matches() ? Long.parseLong(seq.group(1)) : NO_SEQ;
    }

    /** Whether If-None-Match names the state {@code seq}; weak tags count, as RFC 9110 has it. */
    static boolean noneMatchNames(@Nullable String header, long seq) {
        if (header == null) {
            return false;
        }
        if (header.strip().equals("*")) {
            return true;
        }
        if (!LIST.matcher(header).matches()) {
            throw new Malformed("If-None-Match is a list of entity tags in quotes, or *.");
        }
        String tag = of(seq);
        for (String one : header.split(",")) {
            String stripped = one.strip();
            if (stripped.equals(tag) || stripped.equals("W/" + tag)) {
                return true;
            }
        }
        return false;
    }
}
