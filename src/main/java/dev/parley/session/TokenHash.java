package dev.parley.session;

import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The stored form of a {@link SessionToken}: its SHA-256, 32 bytes. Equality takes the same time wherever two differ. */
public final class TokenHash {
    private final byte[] bytes;

    public TokenHash(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The hash as it is bound to a statement; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokenHash that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "TokenHash[masked]";
    }
}
