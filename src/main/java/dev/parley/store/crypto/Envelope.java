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
 * Encrypts texts with AES-256-GCM, and decrypts those that were neither changed nor moved.
 *
 * <p>An envelope is {@code mark (1) · id of the key (4) · nonce (12) · ciphertext · tag (16)}, 33 bytes longer than its text. The mark
 * is the format's version and a byte that UTF-8 text never contains, so plaintext is never taken for an envelope.
 *
 * <p>Each subject (a session) has its own key, derived from the operator's key; the nonce is random. With 96 random bits, two of
 * 2<sup>32</sup> envelopes under one key have the same nonce with a probability of less than 2<sup>-32</sup> (NIST SP 800-38D, section
 * 8.3). The operator's key would reach that bound within days; the key of a subject never does. The mark, the key's id and the label
 * of the text are bound as associated data; the subject is bound by its key.
 *
 * <p>Not thread-safe: it reuses its cipher, because a provider lookup costs more than a short text.
 */
public final class Envelope {
    /** The mark and the key's id. */
    public static final int HEADER_BYTES = 1 + Integer.BYTES;

    private static final byte MARK = (byte) 0xF9;
    private static final int TEXT_AT = HEADER_BYTES + EncryptionKey.NONCE_BYTES;
    private static final int LENGTH_MIN = TEXT_AT + EncryptionKey.TAG_BITS / Byte.SIZE;

    private final Cipher cipher = EncryptionKey.newCipher();
    private final Map<Integer, Mac> macs = new HashMap<>();
    private final byte[] header;
    private final int encrypting;
    private final SecureRandom random;

    /** The last subject and its key: most subjects are used several times in a row. */
    private byte[] subject = new byte[0];

    private int keyId;
    private @Nullable SecretKeySpec key;

    /** @param encrypting the key of {@code keys} that encrypts */
    public Envelope(EncryptionKeys keys, EncryptionKey encrypting, SecureRandom random) {
        keys.keys().forEach(each -> macs.put(each.id(), each.mac()));
        this.encrypting = encrypting.id();
        this.header = ByteBuffer.allocate(HEADER_BYTES)
                .put(MARK)
                .putInt(this.encrypting)
                .array();
        this.random = random;
    }

    /** Whether {@code bytes} are an envelope rather than plaintext. */
    public static boolean isEncrypted(byte[] bytes) {
        return bytes.length > 0 && bytes[0] == MARK;
    }

    /** The id of the key that encrypted the envelope which begins with {@code header}. */
    public static int keyId(byte[] header) {
        return ByteBuffer.wrap(header).getInt(1);
    }

    /** @param label the position of the text within its subject; the envelope decrypts under no other */
    public byte[] encrypt(byte[] subject, byte[] label, byte[] text) {
        var nonce = new byte[EncryptionKey.NONCE_BYTES];
        random.nextBytes(nonce);
        var envelope = new byte[LENGTH_MIN + text.length];
        System.arraycopy(header, 0, envelope, 0, HEADER_BYTES);
        System.arraycopy(nonce, 0, envelope, HEADER_BYTES, nonce.length);
        try {
            start(Cipher.ENCRYPT_MODE, keyFor(encrypting, subject), envelope, label);
            cipher.doFinal(text, 0, text.length, envelope, TEXT_AT);
            return envelope;
        } catch (GeneralSecurityException | DecryptionFailed e) {
            throw EncryptionKey.missing(e);
        }
    }

    /** @throws DecryptionFailed unless it is an unchanged envelope for this subject and label, encrypted with one of the keys */
    public byte[] decrypt(byte[] subject, byte[] label, byte[] envelope) throws DecryptionFailed {
        if (!isEncrypted(envelope)) {
            throw new DecryptionFailed("it is plaintext in an encrypted store");
        }
        if (envelope.length < LENGTH_MIN) {
            throw new DecryptionFailed("it is too short");
        }
        try {
            start(Cipher.DECRYPT_MODE, keyFor(keyId(envelope), subject), envelope, label);
            return cipher.doFinal(envelope, TEXT_AT, envelope.length - TEXT_AT);
        } catch (AEADBadTagException e) {
            throw new DecryptionFailed("it was changed, or moved from another position");
        } catch (GeneralSecurityException e) {
            throw EncryptionKey.missing(e);
        }
    }

    private void start(int mode, SecretKeySpec key, byte[] envelope, byte[] label) throws GeneralSecurityException {
        cipher.init(
                mode,
                key,
                new GCMParameterSpec(EncryptionKey.TAG_BITS, envelope, HEADER_BYTES, EncryptionKey.NONCE_BYTES));
        cipher.updateAAD(envelope, 0, HEADER_BYTES);
        cipher.updateAAD(label);
    }

    private SecretKeySpec keyFor(int id, byte[] subject) throws DecryptionFailed {
        SecretKeySpec known = key;
        if (known != null && id == keyId && Arrays.equals(subject, this.subject)) {
            return known;
        }
        Mac mac = macs.get(id);
        if (mac == null) {
            throw new DecryptionFailed("it was encrypted with a key that is not configured, or was changed");
        }
        known = EncryptionKey.keyFor(subject, mac);
        this.key = known;
        this.keyId = id;
        this.subject = subject;
        return known;
    }
}
