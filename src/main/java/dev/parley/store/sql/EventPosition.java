package dev.parley.store.sql;

import dev.parley.session.SessionKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Where one event stands in the store, and nothing else does: what a sealed payload is bound to.
 *
 * @param sessionId tells a session from an earlier one of the same key
 */
public record EventPosition(SessionKey key, long sessionId, long seq, int generation, EventKind kind) {
    /** The place within its session. */
    public byte[] label() {
        return ByteBuffer.allocate(Long.BYTES + Integer.BYTES + 1)
                .putLong(seq)
                .putInt(generation)
                .put((byte) kind.number())
                .array();
    }

    /** The session. */
    public byte[] subject() {
        byte[] namespace = key.namespace().name().getBytes(StandardCharsets.UTF_8);
        byte[] code = key.code().text().getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(Long.BYTES + Integer.BYTES + namespace.length + code.length)
                .putLong(sessionId)
                .putInt(namespace.length)
                .put(namespace)
                .put(code)
                .array();
    }

    /** For the log, with nothing that a peer has said. */
    @Override
    public String toString() {
        return "event " + seq + " of the session with the id " + sessionId;
    }

    public boolean isInSessionOf(EventPosition other) {
        return sessionId == other.sessionId && key.equals(other.key);
    }
}
