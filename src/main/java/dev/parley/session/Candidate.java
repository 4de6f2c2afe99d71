package dev.parley.session;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One ICE candidate as a peer sent it: the JSON text of an RTCIceCandidateInit object (W3C WebRTC 1.0, section 4.8.1.1) or of an opaque
 * string. It is stored and returned unchanged; two candidates are equal when their bytes are.
 */
public final class Candidate {
    private static final int DIGEST_BYTES = 16;

    private final byte[] json;

    /** @param json one JSON value, an object or a string, as UTF-8 without surrounding white space */
    public Candidate(byte[] json) {
        this.json = json;
    }

    /** The JSON text as UTF-8; must not be modified. */
    public byte[] json() {
        return json;
    }

    /** Whether the candidate is a JSON string rather than an object. */
    public boolean isString() {
        return json[0] == '"';
    }

    /** Whether the candidate is the empty string. */
    public boolean isEmpty() {
        return json.length == 2 && isString();
    }

    /** The first 128 bits of the SHA-256 of the JSON text; identifies a repeated candidate. */
    public byte[] digest() {
        return Arrays.copyOf(TokenHash.sha256(json), DIGEST_BYTES);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Candidate that && Arrays.equals(json, that.json);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(json);
    }

    @Override
    public String toString() {
        return "Candidate[" + json.length + " bytes]";
    }

    /** The JSON text. */
    public String text() {
        return new String(json, StandardCharsets.UTF_8);
    }
}
