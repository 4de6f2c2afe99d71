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
 * One key of the operator's. It encrypts nothing itself: for each purpose a key of its own is derived from it, by HMAC-SHA-256 over
 * a byte that names the purpose and what the key is for.
 */
public final class EncryptionKey {
    /** A key has 256 bits. */
    public static final int BYTES = 32;

    static final int NONCE_BYTES = 12;
    static final int TAG_BITS = 128;

    private static final String MAC = "HmacSHA256";
    private static final byte FOR_ITS_ID = 1;
    private static final byte FOR_SECRETS = 2;
    private static final byte FOR_A_SUBJECT = 3;

    private final String name;
    private final SecretKeySpec master;
    private final int id;

    /** @param bytes 32 random ones */
    public EncryptionKey(String name, byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("A key has " + BYTES + " bytes");
        }
        this.name = name;
        this.master = new SecretKeySpec(bytes, MAC);
        this.id = ByteBuffer.wrap(derived(mac(), FOR_ITS_ID, new byte[0])).getInt();
    }

    public String name() {
        return name;
    }

    /** What says in a box which key it was sealed with; it comes from the key and gives nothing of it away. */
    public int id() {
        return id;
    }

    /** Seals a secret of the store's own, which only this key opens again. */
    public byte[] wrap(byte[] secret, SecureRandom random) {
        var nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(secret);
            return ByteBuffer.allocate(nonce.length + sealed.length)
                    .put(nonce)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException e) {
            throw Envelope.missing(e);
        }
    }

    /** @throws DecryptionFailed if another key has wrapped it, or it was changed */
    public byte[] unwrap(byte[] wrapped) throws DecryptionFailed {
        if (wrapped.length < NONCE_BYTES) {
            throw new DecryptionFailed("it is too short");
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(wrapped, NONCE_BYTES))
                    .doFinal(wrapped, NONCE_BYTES, wrapped.length - NONCE_BYTES);
        } catch (AEADBadTagException e) {
            throw new DecryptionFailed("it was changed, or another key has wrapped it");
        } catch (GeneralSecurityException e) {
            throw Envelope.missing(e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Envelope.newCipher();
        byte[] key = derived(mac(), FOR_SECRETS, new byte[0]);
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        return cipher;
    }

    /** The AES key for what belongs to {@code subject}. */
    static SecretKeySpec keyFor(byte[] subject, Mac mac) {
        return new SecretKeySpec(derived(mac, FOR_A_SUBJECT, subject), "AES");
    }

    private static byte[] derived(Mac mac, byte purpose, byte[] subject) {
        mac.update(purpose);
        return mac.doFinal(subject);
    }

    /** A new instance under this key; one thread at a time may use it. */
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
            throw Envelope.missing(e);
        }
    }

    @Override
    public String toString() {
        return "VaultKey[" + name + "]";
    }
}
