package dev.parley.store.crypto;

import dev.parley.config.InvalidConfiguration;
import dev.parley.session.Candidate;

/** Converts payloads (offers, answers, candidates) to and from the column {@code events.payload}. Thread-safe. */
public interface PayloadCodec {
    /** Stores payloads as they were sent. */
    PayloadCodec PLAINTEXT = new Plaintext(false);

    /** For a command without keys beside an encrypted store, which may count and delete: refuses every payload. */
    PayloadCodec LOCKED = new Plaintext(true);

    byte[] encode(EventPosition position, byte[] payload);

    /** @throws DecryptionFailed if {@code stored} is not what was encoded for {@code position} */
    byte[] decode(EventPosition position, byte[] stored) throws DecryptionFailed;

    /** Identifies a repeated candidate. */
    byte[] digest(Candidate candidate);

    /** @param locked whether the store is encrypted */
    record Plaintext(boolean locked) implements PayloadCodec {
        @Override
        public byte[] encode(EventPosition position, byte[] payload) {
            refuseIfLocked();
            return payload;
        }

        @Override
        public byte[] decode(EventPosition position, byte[] stored) throws DecryptionFailed {
            refuseIfLocked();
            if (Envelope.isEncrypted(stored)) {
                throw new DecryptionFailed("it is encrypted, and no key is configured");
            }
            return stored;
        }

        @Override
        public byte[] digest(Candidate candidate) {
            return candidate.digest();
        }

        private void refuseIfLocked() {
            if (locked) {
                throw new InvalidConfiguration(
                        EncryptionKeys.SETTING + ": the store is encrypted, and no key is configured.");
            }
        }
    }
}
