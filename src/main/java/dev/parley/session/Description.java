package dev.parley.session;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A session description: the offer or the answer (RFC 8829, section 3). It is opaque text, stored as UTF-8, returned byte for byte, and
 * never logged.
 */
public final class Description {
    private final byte[] utf8;

    public Description(byte[] utf8) {
        this.utf8 = utf8;
    }

    public static Description of(String text) {
        return new Description(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The text as UTF-8; must not be modified. */
    public byte[] utf8() {
        return utf8;
    }

    public String text() {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Description that && Arrays.equals(utf8, that.utf8);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(utf8);
    }

    @Override
    public String toString() {
        return "Description[" + utf8.length + " bytes]";
    }
}
