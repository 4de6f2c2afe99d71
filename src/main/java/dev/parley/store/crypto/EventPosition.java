package dev.parley.store.crypto;

import dev.parley.session.SessionKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The position of one event in the store, unique to it: an encrypted payload is bound to it.
 *
 * @param sessionId distinguishes the session from earlier ones with the same key
 * @param kind as in the column of that name
 */
public record EventPosition(SessionKey key, long sessionId, long seq, int generation, int kind) {
    /** The position within the session. */
    byte[] label() {
        return ByteBuffer.allocate(Long.BYTES + Integer.BYTES + 1)
                .putLong(seq)
                .putInt(generation)
                .put((byte) kind)
                .array();
    }

    /** The session. */
    byte[] subject() {
        byte[] namespace = key.namespace().name().getBytes(StandardCharsets.UTF_8);
        byte[] code = key.code().text().getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(Long.BYTES + Integer.BYTES + namespace.length + code.length)
                .putLong(sessionId)
                .putInt(namespace.length)
                .put(namespace)
                .put(code)
                .array();
    }

    /** For the log: names no code. */
    @Override
    public String toString() {
        return "event " + seq + " of the session with the id " + sessionId;
    }
}
