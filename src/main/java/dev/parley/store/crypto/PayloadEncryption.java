package dev.parley.store.crypto;

import dev.parley.session.Candidate;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;

/**
 * Encrypts payloads and binds each to its position, so that a payload which was changed or moved does not decrypt.
 *
 * <p>The digest of a candidate is an HMAC under a secret of the store: a plain hash would reveal a candidate to whoever can guess it.
 * The secret does not depend on the key, so a candidate that is repeated after a change of keys is still recognized.
 */
public final class PayloadEncryption implements PayloadCodec {
    private static final int DIGEST_BYTES = 16;

    private final ThreadLocal<Ciphers> ciphers;

    private record Ciphers(Envelope envelope, Mac digest) {}

    /**
     * @param encrypting the key of {@code keys} that encrypts
     * @param secret of the store, for digests
     */
    public PayloadEncryption(EncryptionKeys keys, EncryptionKey encrypting, byte[] secret, SecureRandom random) {
        this.ciphers = ThreadLocal.withInitial(
                () -> new Ciphers(new Envelope(keys, encrypting, random), EncryptionKey.mac(secret)));
    }

    @Override
    public byte[] encode(EventPosition position, byte[] payload) {
        return ciphers.get().envelope.encrypt(position.subject(), position.label(), payload);
    }

    @Override
    public byte[] decode(EventPosition position, byte[] stored) throws DecryptionFailed {
        return ciphers.get().envelope.decrypt(position.subject(), position.label(), stored);
    }

    @Override
    public byte[] digest(Candidate candidate) {
        return Arrays.copyOf(ciphers.get().digest.doFinal(candidate.json()), DIGEST_BYTES);
    }
}
