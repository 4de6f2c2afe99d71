package dev.parley.http.whip;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.session.Candidate;
import dev.parley.session.Description;
import dev.parley.session.Trickle;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The parsers of SDP, for the fuzz test. */
public final class WhipParsers {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SdpOffer OFFER = SdpOffer.parse(Description.of(WhipClient.OFFER));

    private WhipParsers() {}

    /** Parses an offer; the entity tag of one that is accepted fits into a header. */
    public static void offer(byte[] utf8) {
        SdpOffer offer = SdpOffer.parse(new Description(utf8));
        if (offer.media().isEmpty()
                || !offer.entityTag(SessionHandle.of(Protocol.WHIP, "x".repeat(32)))
                        .matches("\"[0-9a-f]{16}\"")) {
            throw new AssertionError("an offer has media and an entity tag");
        }
    }

    /** Parses a fragment; each candidate of one that is accepted is valid JSON with the text of its line. */
    public static void fragment(String text) {
        SdpFragment fragment = SdpFragment.parse(text);
        Trickle trickle = fragment.of(OFFER);
        for (Candidate candidate : trickle.candidates()) {
            try {
                String line = JSON.readTree(candidate.json()).path("candidate").textValue();
                if (!text.contains("a=" + line)) {
                    throw new AssertionError("a candidate is returned as it was sent");
                }
            } catch (IOException e) {
                throw new UncheckedIOException("a candidate is JSON", e);
            }
        }
    }
}
