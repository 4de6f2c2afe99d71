package dev.parley.store.crypto;

import dev.parley.session.Candidate;
import dev.parley.store.crypto.AesGcm.DecryptionFailed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts payloads with AES-256-GCM and binds each to its position, so that a payload which was changed or moved does not decrypt.
 *
 * <p>The column contains {@code mark (1) · id of the key (4) · nonce (12) · ciphertext · tag (16)}, 33 bytes more than the payload. The
 * mark is the format's version and a byte that UTF-8 text never contains, so plaintext is never taken for ciphertext.
 *
 * <p>Each session has its own key, derived from the operator's key; the nonce is random. With 96 random bits, two of 2<sup>32</sup>
 * payloads under one key have the same nonce with a probability of less than 2<sup>-32</sup> (NIST SP 800-38D, section 8.3). The
 * operator's key would reach that bound within days; the key of a session never does. The mark, the key's id and the position in the
 * session are bound as associated data; the session is bound by its key.
 *
 * <p>The digest of a candidate is an HMAC under a secret of the store: a plain hash would reveal a candidate to whoever can guess it.
 * The secret does not depend on the key, so a candidate that is repeated after a change of keys is still recognized.
 */
public final class PayloadEncryption implements PayloadCodec {
    private static final int DIGEST_BYTES = 16;

    private final EncryptionKeys keys;
    private final EncryptionKeys.Key encrypting;
    private final byte[] secret;
    private final SecureRandom random;
    private final ThreadLocal<Ciphers> ciphers = ThreadLocal.withInitial(Ciphers::new);

    /**
     * @param encrypting the key of {@code keys} that encrypts
     * @param secret of the store, for digests
     */
    public PayloadEncryption(EncryptionKeys keys, EncryptionKeys.Key encrypting, byte[] secret, SecureRandom random) {
        this.keys = keys;
        this.encrypting = encrypting;
        this.secret = secret.clone();
        this.random = random;
    }

    @Override
    public byte[] encode(EventPosition position, byte[] payload) {
        return ciphers.get().encrypt(position, payload);
    }

    @Override
    public byte[] decode(EventPosition position, byte[] stored) throws DecryptionFailed {
        EncryptionKeys.Key key = keys.of(stored);
        return ciphers.get().decrypt(key, position, stored);
    }

    @Override
    public byte[] digest(Candidate candidate) {
        return Arrays.copyOf(ciphers.get().digest.doFinal(candidate.json()), DIGEST_BYTES);
    }

    private static byte[] session(EventPosition position) {
        byte[] namespace = position.key().namespace().name().getBytes(StandardCharsets.UTF_8);
        byte[] code = position.key().code().text().getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(Long.BYTES + Integer.BYTES + namespace.length + code.length)
                .putLong(position.sessionId())
                .putInt(namespace.length)
                .put(namespace)
                .put(code)
                .array();
    }

    private static byte[] label(EventPosition position) {
        return ByteBuffer.allocate(Long.BYTES + Integer.BYTES + 1)
                .putLong(position.seq())
                .putInt(position.generation())
                .put((byte) position.kind())
                .array();
    }

    /** What one thread uses. */
    private final class Ciphers {
        private final AesGcm gcm = new AesGcm();
        private final Mac digest = AesGcm.hmac(secret);
        private final Map<EncryptionKeys.Key, Mac> macs = new HashMap<>();

        /** The last session and its key: most sessions are used several times in a row. */
        private byte[] session = new byte[0];

        private EncryptionKeys.@Nullable Key of;
        private @Nullable SecretKeySpec derived;

        byte[] encrypt(EventPosition position, byte[] payload) {
            return gcm.encrypt(keyFor(encrypting, position), encrypting.header(), label(position), payload, random);
        }

        byte[] decrypt(EncryptionKeys.Key key, EventPosition position, byte[] stored) throws DecryptionFailed {
            return gcm.decrypt(keyFor(key, position), EncryptionKeys.HEADER_BYTES, label(position), stored);
        }

        private SecretKeySpec keyFor(EncryptionKeys.Key key, EventPosition position) {
            byte[] wanted = session(position);
            SecretKeySpec known = derived;
            if (known == null || key != of || !Arrays.equals(wanted, session)) {
                known = EncryptionKeys.Key.ofSession(macs.computeIfAbsent(key, EncryptionKeys.Key::mac), wanted);
                derived = known;
                of = key;
                session = wanted;
            }
            return known;
        }
    }
}
