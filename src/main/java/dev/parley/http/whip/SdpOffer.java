package dev.parley.http.whip;

import dev.parley.session.Description;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.TokenHash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The offer of a client, of which only what identifies its ICE session and its media descriptions is read (RFC 8866; RFC 8839, section
 * 5.4; RFC 5888). The peer that answers checks the rest.
 *
 * @param transports the {@code mid} of each media description with candidates of its own: of a bundle the first one only (RFC 9143,
 *     section 7.2)
 */
record SdpOffer(Description description, List<Media> media, Set<String> transports) {
    static final String TYPE = "application/sdp";

    private static final int TAG_BYTES = 8;

    private static final String BUNDLE = "BUNDLE ";

    /**
     * A media description.
     *
     * @param mid null if it has none, so that no candidate can refer to it
     */
    record Media(@Nullable String mid, String ufrag) {}

    /** @throws Malformed if the text is not a session description with ICE */
    static SdpOffer parse(Description description) {
        List<SdpLine> lines = SdpLine.parse(description.text());
        boolean begins = lines.size() > 3
                && lines.get(0).equals(new SdpLine('v', "0"))
                && lines.get(1).type() == 'o'
                && lines.get(2).type() == 's';
        if (!begins) {
            throw new Malformed("The SDP must begin with v=0, o= and s= (RFC 8866, section 5).");
        }
        var session = new SdpLine.Section();
        var sections = new ArrayList<SdpLine.Section>();
        SdpLine.Section current = session;
        var bundled = new HashSet<String>();
        for (SdpLine line : lines) {
            if (line.isMedia()) {
                current = new SdpLine.Section();
                sections.add(current);
            } else {
                current.accept(line);
                String group = line.attribute("group");
                if (group != null && group.startsWith(BUNDLE)) {
                    List<String> mids =
                            Arrays.asList(group.substring(BUNDLE.length()).split(" "));
                    bundled.addAll(mids.subList(Math.min(1, mids.size()), mids.size()));
                }
            }
        }
        if (sections.isEmpty()) {
            throw new Malformed("The SDP has no media description (m=).");
        }
        Set<String> transports = sections.stream()
                .map(section -> section.mid)
                .filter(mid -> mid != null && !bundled.contains(mid))
                .collect(Collectors.toSet());
        return new SdpOffer(description, media(session, sections), transports);
    }

    /** A description without credentials of its own has those of the session, or of the first one, with which it is bundled. */
    private static List<Media> media(SdpLine.Section session, List<SdpLine.Section> sections) {
        SdpLine.Section first = sections.get(0);
        String ufrag = Objects.requireNonNullElse(first.ufrag, session.ufrag == null ? "" : session.ufrag);
        if (ufrag.isEmpty() || (first.password == null && session.password == null)) {
            throw new Malformed("The SDP has no a=ice-ufrag and a=ice-pwd (RFC 8839); offer media with ICE.");
        }
        return sections.stream()
                .map(section -> new Media(section.mid, Objects.requireNonNullElse(section.ufrag, ufrag)))
                .toList();
    }

    /** The index of the media description with this {@code mid}; -1 if there is none. */
    int indexOf(String mid) {
        for (int i = 0; i < media.size(); i++) {
            if (mid.equals(media.get(i).mid)) {
                return i;
            }
        }
        return -1;
    }

    /**
     * The strong entity tag that identifies the ICE session of this offer, quotes included (RFC 9725, section 4.3.1).
     *
     * @param handle distinguishes it from those of other sessions
     */
    String entityTag(SessionHandle handle) {
        String ice = handle.code() + " " + media.get(0).ufrag;
        byte[] hash = TokenHash.sha256(ice.getBytes(StandardCharsets.UTF_8));
        return '"' + HexFormat.of().formatHex(Arrays.copyOf(hash, TAG_BYTES)) + '"';
    }
}
