package dev.parley.store;

import dev.parley.session.SignalingException.Malformed;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Turns a {@link Bookmark} into the opaque word that clients carry, and back.
 *
 * <p>The word is {@code 1-HISTORY-POSITION-SEAL}: a format version, then digits of fixed width so that the words of one history
 * sort as strings in commit order, then half an HMAC-SHA-256 under a key that the database keeps. Nobody can make up a word
 * that makes a read wait for a position that never comes.
 */
public final class BookmarkSeal {
    private static final Pattern SHAPE = Pattern.compile("1-([0-9a-f]{24})-([0-9a-f]{16})-([A-Za-z0-9_-]{22})");
    private static final int SEAL_BYTES = 16;

    private final ThreadLocal<Mac> macs;

    public BookmarkSeal(byte[] secret) {
        var key = new SecretKeySpec(secret, "HmacSHA256");
        macs = ThreadLocal.withInitial(() -> {
            try {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(key);
                return mac;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("Every Java platform has HmacSHA256", e);
            }
        });
    }

    /** The word for {@code bookmark}: 66 ASCII characters. */
    public String word(Bookmark bookmark) {
        String text = "1-" + bookmark.history() + "-" + HexFormat.of().toHexDigits(bookmark.position());
        return text + "-" + Base64.getUrlEncoder().withoutPadding().encodeToString(seal(text));
    }

    /**
     * Holds a word against the shape of a bookmark, whoever sealed it.
     *
     * @return {@code word} itself
     * @throws Malformed if it is no bookmark at all
     */
    public static String shaped(String word) {
        if (!SHAPE.matcher(word).matches()) {
            throw new Malformed("x-d1-bookmark is not a bookmark; send one as this service returned it, or none.");
        }
        return word;
    }

    /** The bookmark that {@code word} stands for, or nothing where this database did not seal it. */
    public Optional<Bookmark> bookmark(String word) {
        var parts = SHAPE.matcher(word);
        if (!parts.matches()) {
            return Optional.empty();
        }
        byte[] sealed = Base64.getUrlDecoder().decode(parts.group(3));
        byte[] expected = seal(word.substring(0, parts.end(2)));
        if (!MessageDigest.isEqual(sealed, expected)) {
            return Optional.empty();
        }
        return Optional.of(new Bookmark(parts.group(1), Long.parseUnsignedLong(parts.group(2), 16)));
    }

    private byte[] seal(String text) {
        return Arrays.copyOf(macs.get().doFinal(text.getBytes(StandardCharsets.US_ASCII)), SEAL_BYTES);
    }
}
