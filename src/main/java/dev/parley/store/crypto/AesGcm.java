package dev.parley.store.crypto;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM with random nonces: {@code header · nonce (12) · ciphertext · tag (16)}. The header and a label are bound as associated
 * data.
 *
 * <p>Not thread-safe: it reuses its cipher, because a provider lookup costs more than a short text.
 */
public final class AesGcm {
    private static final String HMAC = "HmacSHA256";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    /** How much longer the result is than header and text. */
    private static final int OVERHEAD_BYTES = NONCE_BYTES + TAG_BITS / Byte.SIZE;

    private final Cipher cipher;

    AesGcm() {
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    byte[] encrypt(SecretKeySpec key, byte[] header, byte[] label, byte[] text, SecureRandom random) {
        var nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] result = Arrays.copyOf(header, header.length + OVERHEAD_BYTES + text.length);
        System.arraycopy(nonce, 0, result, header.length, NONCE_BYTES);
        try {
            start(Cipher.ENCRYPT_MODE, key, result, header.length, label);
            cipher.doFinal(text, 0, text.length, result, header.length + NONCE_BYTES);
            return result;
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    /** @throws DecryptionFailed unless it is an unchanged result of {@link #encrypt} with the same key and label */
    byte[] decrypt(SecretKeySpec key, int headerBytes, byte[] label, byte[] encrypted) throws DecryptionFailed {
        int textAt = headerBytes + NONCE_BYTES;
        if (encrypted.length < headerBytes + OVERHEAD_BYTES) {
            throw new DecryptionFailed("it is too short");
        }
        try {
            start(Cipher.DECRYPT_MODE, key, encrypted, headerBytes, label);
            return cipher.doFinal(encrypted, textAt, encrypted.length - textAt);
        } catch (AEADBadTagException e) {
            throw new DecryptionFailed("it was changed, moved from another position, or encrypted with another key");
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    private void start(int mode, SecretKeySpec key, byte[] encrypted, int headerBytes, byte[] label)
            throws GeneralSecurityException {
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, encrypted, headerBytes, NONCE_BYTES));
        cipher.updateAAD(encrypted, 0, headerBytes);
        cipher.updateAAD(label);
    }

    /** A new HMAC-SHA-256; not thread-safe. */
    static Mac hmac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac;
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    private static IllegalStateException missing(GeneralSecurityException e) {
        return new IllegalStateException("Every Java platform has AES-GCM and HMAC-SHA-256", e);
    }

    /** A payload or a wrapped secret that cannot be decrypted; the message gives the reason and no part of the content. */
    public static final class DecryptionFailed extends Exception {
        private static final long serialVersionUID = 1;

        DecryptionFailed(String reason) {
            super(reason, null, false, false);
        }

        /** The reason, to continue a sentence. */
        public String reason() {
            return String.valueOf(getMessage());
        }
    }
}
