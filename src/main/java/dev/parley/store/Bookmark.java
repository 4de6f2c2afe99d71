package dev.parley.store;

import dev.parley.session.SignalingException.Malformed;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A position in the history of a database.
 *
 * @param history 24 hexadecimal digits that identify the history; a restored database and another cluster have another one
 * @param position commits on SQLite, the position in the write-ahead log on PostgreSQL; compared as unsigned
 */
public record Bookmark(String history, long position) {
    private static final Pattern TEXT = Pattern.compile("2-([0-9a-f]{24})-([0-9a-f]{16})");

    /** Format 1 ended in a message authentication code. */
    private static final Pattern FORMER = Pattern.compile("1-[0-9a-f]{24}-[0-9a-f]{16}-[A-Za-z0-9_-]{22}");

    /** The text that clients receive: 43 ASCII characters. Texts of one history sort as strings in commit order. */
    public String text() {
        return "2-" + history + "-" + HexFormat.of().toHexDigits(position);
    }

    /** @throws Malformed if {@code text} has not the format of {@link #text} */
    public static Bookmark parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new Malformed("x-d1-bookmark is not a bookmark; send one as this service returned it, or none.");
        }
        return new Bookmark(parts.group(1), Long.parseUnsignedLong(parts.group(2), 16));
    }

    /** Whether an earlier version of Parley made {@code text}, whose bookmarks are no longer read. */
    public static boolean isFormer(String text) {
        return FORMER.matcher(text).matches();
    }
}
