package dev.parley.http.whip;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.session.Candidate;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.SignalingException.OutOfBounds;
import dev.parley.session.Trickle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * New candidates of a client (RFC 8840, section 9).
 *
 * @param ufrag of all media descriptions; null if the fragment has none for them
 * @param end whether the client has no more candidates for any of the media
 */
record SdpFragment(@Nullable String ufrag, List<Media> media, boolean end) {
    static final String TYPE = "application/trickle-ice-sdpfrag";

    /** RFC 8839, section 5.1. */
    private static final Pattern CANDIDATE = Pattern.compile(
            "[A-Za-z0-9+/]{1,32} [0-9]{1,5} ([!-~]{1,32}) [0-9]{1,10} [!-~]{1,255} [0-9]{1,5} typ [!-~]+"
                    + "(?: [!-~]+ [!-~]+)*+");

    private static final Pattern MEDIA = Pattern.compile("[a-z]+ [0-9]{1,5}(?:/[0-9]+)? [A-Za-z0-9/]+(?: [!-~]+)++");

    /**
     * What is new for one media description.
     *
     * @param candidates as in {@code a=}, those of a transport that WebRTC does not have left out
     */
    record Media(String mid, @Nullable String ufrag, List<String> candidates, boolean end) {}

    /** @throws Malformed if {@code text} is not a fragment */
    static SdpFragment parse(String text) {
        var media = new ArrayList<Media>();
        var section = new SdpLine.Section();
        String ufrag = null;
        List<String> candidates = new ArrayList<>();
        boolean isSession = true;
        boolean end = false;
        boolean endOfAll = false;
        var mids = new HashSet<String>();
        for (SdpLine line : SdpLine.parse(text)) {
            String candidate = line.attribute("candidate");
            if (line.isMedia()) {
                if (!MEDIA.matcher(line.value()).matches()) {
                    throw new Malformed("A line m= of the fragment is malformed (RFC 8866, section 5.14).");
                }
                if (isSession) {
                    refuseMid(section);
                    ufrag = section.ufrag;
                    endOfAll = end;
                } else {
                    media.add(media(mids, section, candidates, end));
                }
                isSession = false;
                section = new SdpLine.Section();
                candidates = new ArrayList<>();
                end = false;
            } else if (line.type() != 'a') {
                throw new Malformed("A fragment consists of lines a= and m= (RFC 8840, section 9).");
            } else if (candidate != null) {
                if (isSession) {
                    throw new Malformed(
                            "A candidate must follow the line m= that it belongs to (RFC 8840, section 9).");
                }
                addIfSupported(candidates, candidate);
            } else if (line.isFlag("end-of-candidates")) {
                end = true;
            } else {
                section.accept(line); // other attributes are ignored
            }
        }
        if (isSession) {
            refuseMid(section);
            return new SdpFragment(section.ufrag, List.of(), end);
        }
        media.add(media(mids, section, candidates, end));
        return new SdpFragment(ufrag, List.copyOf(media), endOfAll);
    }

    private static void refuseMid(SdpLine.Section session) {
        if (session.mid != null) {
            throw new Malformed("a=mid must follow the line m= that it belongs to (RFC 8840, section 9).");
        }
    }

    private static Media media(Set<String> mids, SdpLine.Section section, List<String> candidates, boolean end) {
        String mid = section.mid;
        if (mid == null) {
            throw new Malformed("Each line m= of a fragment must be followed by a=mid (RFC 8840, section 9).");
        }
        if (!mids.add(mid)) {
            throw new Malformed("The fragment has two lines m= with the same a=mid.");
        }
        return new Media(mid, section.ufrag, List.copyOf(candidates), end);
    }

    /** A candidate of an unknown transport is discarded (RFC 9725, section 4.3.2). */
    private static void addIfSupported(List<String> candidates, String candidate) {
        Matcher parts = CANDIDATE.matcher(candidate);
        if (!parts.matches()) {
            throw new Malformed("A line a=candidate of the fragment is malformed (RFC 8839, section 5.1).");
        }
        String transport = parts.group(1).toLowerCase(Locale.ROOT);
        if (transport.equals("udp") || transport.equals("tcp")) {
            candidates.add("candidate:" + candidate);
        }
    }

    /**
     * The candidates as RTCIceCandidateInit objects, and whether there are no more for any transport of the offer.
     *
     * @throws OutOfBounds if the fragment has another username fragment than the offer and so begins an ICE restart
     * @throws Malformed if a media description is not in the offer
     */
    Trickle of(SdpOffer offer) {
        if (media.isEmpty()) {
            requireSame(ufrag, offer.media().get(0).ufrag());
        }
        var all = new ArrayList<Candidate>();
        var ended = new HashSet<String>();
        for (Media described : media) {
            int index = offer.indexOf(described.mid);
            if (index < 0) {
                throw new Malformed("The offer has no media description with the a=mid of the fragment.");
            }
            String current = offer.media().get(index).ufrag();
            requireSame(described.ufrag == null ? ufrag : described.ufrag, current);
            if (described.end) {
                ended.add(described.mid);
            }
            for (String candidate : described.candidates) {
                all.add(new Candidate(JsonNodeFactory.instance
                        .objectNode()
                        .put("candidate", candidate)
                        .put("sdpMid", described.mid)
                        .put("sdpMLineIndex", index)
                        .put("usernameFragment", current)
                        .toString()
                        .getBytes(StandardCharsets.UTF_8)));
            }
        }
        return new Trickle(all, end || (!ended.isEmpty() && ended.containsAll(offer.transports())));
    }

    private static void requireSame(@Nullable String sent, String offered) {
        if (sent != null && !sent.equals(offered)) {
            throw new OutOfBounds(
                    "ice-ufrag",
                    "ICE restarts are not supported, and the session is unchanged; send the candidates of the offer's"
                            + " ice-ufrag, or delete the session and send a new offer.");
        }
    }
}
