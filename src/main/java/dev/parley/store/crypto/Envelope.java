package dev.parley.store.crypto;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals texts with AES-256-GCM, and opens them where nothing was changed and nothing was moved.
 *
 * <p>A box is {@code mark (1) · id of the key (4) · nonce (12) · ciphertext · tag (16)}, so 33 bytes longer than its text. The mark
 * is the format's version and a byte that no UTF-8 text holds, so a text in clear is never taken for a box.
 *
 * <p>Each subject (a session) has a key of its own, derived from the operator's; the nonce is random. With 96 random bits two of
 * 2<sup>32</sup> boxes under one key have the same nonce with a chance of less than 2<sup>-32</sup> (NIST SP 800-38D, section 8.3).
 * Under the operator's key that bound would be reached within days; under a subject's it never is, and there may be as many subjects
 * as there will ever be. What is bound as associated data is the mark, the key's id and the label that the text is kept under; the
 * subject is bound by its key.
 *
 * <p>One thread at a time may use it: it keeps its cipher, because to look one up costs more than a short text.
 */
public final class Envelope {
    private static final byte MARK = (byte) 0xF9;
    private static final int HEADER_BYTES = 1 + Integer.BYTES;
    private static final int TEXT_AT = HEADER_BYTES + EncryptionKey.NONCE_BYTES;
    private static final int LENGTH_MIN = TEXT_AT + EncryptionKey.TAG_BITS / Byte.SIZE;

    private final Cipher cipher = newCipher();
    private final Map<Integer, Mac> macs = new HashMap<>();
    private final byte[] header;
    private final int sealing;
    private final SecureRandom random;

    /** The subject that was met last, and its key: most are met several times in a row. */
    private byte[] subject = new byte[0];

    private int keyId;
    private @Nullable SecretKeySpec key;

    /** @param sealing the key of {@code keyring} that seals */
    public Envelope(EncryptionKeys keyring, EncryptionKey sealing, SecureRandom random) {
        keyring.keys().forEach(each -> macs.put(each.id(), each.mac()));
        this.sealing = sealing.id();
        this.header =
                ByteBuffer.allocate(HEADER_BYTES).put(MARK).putInt(this.sealing).array();
        this.random = random;
    }

    /** Whether {@code bytes} are a box rather than a text. */
    public static boolean isSealed(byte[] bytes) {
        return bytes.length > 0 && bytes[0] == MARK;
    }

    /** Whether {@code bytes} are a box under the key that seals. */
    public boolean isCurrent(byte[] bytes) {
        return bytes.length >= HEADER_BYTES && Arrays.equals(bytes, 0, HEADER_BYTES, header, 0, HEADER_BYTES);
    }

    /** @param label where the text stands within its subject; the box opens under no other */
    public byte[] seal(byte[] subject, byte[] label, byte[] text) {
        var nonce = new byte[EncryptionKey.NONCE_BYTES];
        random.nextBytes(nonce);
        var box = new byte[LENGTH_MIN + text.length];
        System.arraycopy(header, 0, box, 0, HEADER_BYTES);
        System.arraycopy(nonce, 0, box, HEADER_BYTES, nonce.length);
        try {
            start(Cipher.ENCRYPT_MODE, keyFor(sealing, subject), box, label);
            cipher.doFinal(text, 0, text.length, box, TEXT_AT);
            return box;
        } catch (GeneralSecurityException | DecryptionFailed e) {
            throw missing(e);
        }
    }

    /** @throws DecryptionFailed unless it is a box as it was sealed, for this subject and label, by a key that is here */
    public byte[] open(byte[] subject, byte[] label, byte[] box) throws DecryptionFailed {
        if (!isSealed(box)) {
            throw new DecryptionFailed("it is in clear");
        }
        if (box.length < LENGTH_MIN) {
            throw new DecryptionFailed("it is too short");
        }
        try {
            int id = ByteBuffer.wrap(box).getInt(1);
            start(Cipher.DECRYPT_MODE, keyFor(id, subject), box, label);
            return cipher.doFinal(box, TEXT_AT, box.length - TEXT_AT);
        } catch (AEADBadTagException e) {
            throw new DecryptionFailed("it was changed, or stands where it was not written");
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    private void start(int mode, SecretKeySpec key, byte[] box, byte[] label) throws GeneralSecurityException {
        cipher.init(
                mode, key, new GCMParameterSpec(EncryptionKey.TAG_BITS, box, HEADER_BYTES, EncryptionKey.NONCE_BYTES));
        cipher.updateAAD(box, 0, HEADER_BYTES);
        cipher.updateAAD(label);
    }

    private SecretKeySpec keyFor(int id, byte[] subject) throws DecryptionFailed {
        SecretKeySpec known = key;
        if (known != null && id == keyId && Arrays.equals(subject, this.subject)) {
            return known;
        }
        Mac mac = macs.get(id);
        if (mac == null) {
            throw new DecryptionFailed("it was sealed with a key that is not here, or was changed");
        }
        known = EncryptionKey.keyFor(subject, mac);
        this.key = known;
        this.keyId = id;
        this.subject = subject;
        return known;
    }

    static Cipher newCipher() {
        try {
            return Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    static IllegalStateException missing(Exception e) {
        return new IllegalStateException("Every Java platform has AES-GCM and HMAC-SHA-256", e);
    }
}
