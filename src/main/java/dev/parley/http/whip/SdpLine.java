package dev.parley.http.whip;

import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.SignalingException.OutOfBounds;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One line of a session description (RFC 8866, section 5).
 *
 * @param value what follows the equals sign
 */
record SdpLine(char type, String value) {
    /** Maximum media descriptions of an offer or a fragment. */
    private static final int MEDIA_MAX = 256;

    private static final Pattern LINE_END = Pattern.compile("\r?\n");

    /** RFC 8839, section 5.4. */
    private static final Pattern UFRAG = Pattern.compile("[A-Za-z0-9+/]{4,256}");

    private static final Pattern PASSWORD = Pattern.compile("[A-Za-z0-9+/]{22,256}");

    /** RFC 5888, section 4: a token. */
    private static final Pattern MID = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,256}");

    /**
     * The lines of {@code text}.
     *
     * @throws Malformed if a line is not a letter, an equals sign and text
     * @throws OutOfBounds if there are too many media descriptions
     */
    static List<SdpLine> parse(String text) {
        var lines = new ArrayList<SdpLine>();
        int media = 0;
        for (String line : LINE_END.split(text)) {
            boolean valid = line.length() >= 2
                    && line.charAt(0) >= 'a'
                    && line.charAt(0) <= 'z'
                    && line.charAt(1) == '='
                    && line.indexOf('\r') < 0
                    && line.indexOf('\0') < 0;
            if (!valid) {
                throw new Malformed("Line " + (lines.size() + 1) + " of the SDP is not TYPE=VALUE (RFC 8866).");
            }
            var parsed = new SdpLine(line.charAt(0), line.substring(2));
            if (parsed.isMedia() && ++media > MEDIA_MAX) {
                throw new OutOfBounds("m", "The SDP must have at most " + MEDIA_MAX + " media descriptions (m=).");
            }
            lines.add(parsed);
        }
        return lines;
    }

    boolean isMedia() {
        return type == 'm';
    }

    /** Whether this is {@code a=NAME}. */
    boolean isFlag(String name) {
        return type == 'a' && value.equals(name);
    }

    /** The value of {@code a=NAME:VALUE}; null for another line. */
    @Nullable
    String attribute(String name) {
        boolean matches = type == 'a'
                && value.length() > name.length()
                && value.startsWith(name)
                && value.charAt(name.length()) == ':';
        return matches ? value.substring(name.length() + 1) : null;
    }

    /**
     * The attributes that identify a media description and its ICE session. Those of a section are read one after another.
     *
     * <p>Not thread-safe.
     */
    static final class Section {
        @Nullable
        String mid;

        @Nullable
        String ufrag;

        @Nullable
        String password;

        /** Reads {@code line} if it is one of these attributes, and returns whether it is. */
        boolean accept(SdpLine line) {
            String newMid = line.attribute("mid");
            String newUfrag = line.attribute("ice-ufrag");
            String newPassword = line.attribute("ice-pwd");
            mid = newMid == null ? mid : once("mid", mid, newMid, MID);
            ufrag = newUfrag == null ? ufrag : once("ice-ufrag", ufrag, newUfrag, UFRAG);
            password = newPassword == null ? password : once("ice-pwd", password, newPassword, PASSWORD);
            return newMid != null || newUfrag != null || newPassword != null;
        }

        private static String once(String name, @Nullable String former, String value, Pattern form) {
            if (former != null) {
                throw new Malformed("A section of the SDP has a=" + name + " twice.");
            }
            if (!form.matcher(value).matches()) {
                throw new Malformed("The value of a=" + name + " in the SDP is malformed.");
            }
            return value;
        }
    }
}
