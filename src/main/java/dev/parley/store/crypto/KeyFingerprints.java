package dev.parley.store.crypto;

import java.util.Arrays;
import javax.crypto.Mac;

/**
 * Tells whether a text was there before without keeping it: the first 128 bits of its HMAC-SHA-256 under a secret. A plain hash
 * would give a text away that can be guessed, as most candidates can. One thread at a time may use it.
 */
public final class KeyFingerprints {
    private static final int BYTES = 16;

    private final Mac mac;

    public KeyFingerprints(byte[] secret) {
        this.mac = EncryptionKey.mac(secret);
    }

    public byte[] of(byte[] text) {
        return Arrays.copyOf(mac.doFinal(text), BYTES);
    }
}
