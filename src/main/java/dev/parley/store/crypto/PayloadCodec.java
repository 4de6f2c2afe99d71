package dev.parley.store.crypto;

import dev.parley.config.InvalidConfiguration;
import dev.parley.session.Candidate;
import dev.parley.session.SessionKey;
import dev.parley.store.crypto.AesGcm.DecryptionFailed;

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

    /**
     * The position of one event in the store, unique to it: an encrypted payload is bound to it.
     *
     * @param sessionId distinguishes the session from earlier ones with the same key
     * @param kind as in the column of that name
     */
    record EventPosition(SessionKey key, long sessionId, long seq, int generation, int kind) {
        /** For the log: names no code. */
        @Override
        public String toString() {
            return "event " + seq + " of the session with the id " + sessionId;
        }
    }

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
            if (EncryptionKeys.isEncrypted(stored)) {
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
