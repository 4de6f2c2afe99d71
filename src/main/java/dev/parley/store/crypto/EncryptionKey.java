package dev.parley.store.crypto;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * One key of the operator. It encrypts nothing itself: a separate key is derived from it for each purpose, by HMAC-SHA-256 over a byte
 * that names the purpose and the subject of the key.
 */
public final class EncryptionKey {
    /** Length of a key: 256 bits. */
    public static final int BYTES = 32;

    static final int NONCE_BYTES = 12;
    static final int TAG_BITS = 128;

    private static final String MAC = "HmacSHA256";
    private static final byte PURPOSE_ID = 1;
    private static final byte PURPOSE_WRAPPING = 2;
    private static final byte PURPOSE_SUBJECT = 3;

    private final String name;
    private final SecretKeySpec master;
    private final int id;

    /** @param bytes 32 random bytes */
    public EncryptionKey(String name, byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("A key must have " + BYTES + " bytes");
        }
        this.name = name;
        this.master = new SecretKeySpec(bytes, MAC);
        this.id = ByteBuffer.wrap(derived(mac(), PURPOSE_ID, new byte[0])).getInt();
    }

    public String name() {
        return name;
    }

    /** Identifies the key in each envelope; derived from the key, and reveals nothing of it. */
    public int id() {
        return id;
    }

    /** Encrypts a secret of the store, so that only this key decrypts it. */
    public byte[] wrap(byte[] secret, SecureRandom random) {
        var nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] encrypted = wrappingCipher(Cipher.ENCRYPT_MODE, nonce).doFinal(secret);
            return ByteBuffer.allocate(nonce.length + encrypted.length)
                    .put(nonce)
                    .put(encrypted)
                    .array();
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    /** @throws DecryptionFailed if another key wrapped it, or it was changed */
    public byte[] unwrap(byte[] wrapped) throws DecryptionFailed {
        if (wrapped.length < NONCE_BYTES) {
            throw new DecryptionFailed("it is too short");
        }
        try {
            return wrappingCipher(Cipher.DECRYPT_MODE, Arrays.copyOf(wrapped, NONCE_BYTES))
                    .doFinal(wrapped, NONCE_BYTES, wrapped.length - NONCE_BYTES);
        } catch (AEADBadTagException e) {
            throw new DecryptionFailed("it was changed, or encrypted with another key");
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    private Cipher wrappingCipher(int mode, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = newCipher();
        byte[] key = derived(mac(), PURPOSE_WRAPPING, new byte[0]);
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        return cipher;
    }

    /** The AES key for everything that belongs to {@code subject}. */
    static SecretKeySpec keyFor(byte[] subject, Mac mac) {
        return new SecretKeySpec(derived(mac, PURPOSE_SUBJECT, subject), "AES");
    }

    private static byte[] derived(Mac mac, byte purpose, byte[] subject) {
        mac.update(purpose);
        return mac.doFinal(subject);
    }

    /** A new HMAC under this key; not thread-safe. */
    Mac mac() {
        return mac(master);
    }

    static Mac mac(byte[] secret) {
        return mac(new SecretKeySpec(secret, MAC));
    }

    private static Mac mac(SecretKeySpec key) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
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

    @Override
    public String toString() {
        return "EncryptionKey[" + name + "]";
    }
}
