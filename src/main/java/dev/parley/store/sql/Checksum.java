package dev.parley.store.sql;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * By what a row that rotted is told from one that was written: SQLite finds damage where it breaks the shape of a page, and serves
 * it where it does not. A CRC-32C, which processors have an instruction for, of what is in the row and of where it belongs.
 *
 * <p>It is kept in column {@code checksum}, of events as it is, and of sessions with {@code expires_at} added: so the statement that
 * moves that can move the sum along without reading the rest. Sessions from before there were checksums have none, and neither need
 * their events of that time. Sessions from before there were incarnations have a checksum without one.
 */
public final class Checksum {
    private static final int PLACE_BYTES = 2 * Long.BYTES + 2 * Integer.BYTES;
    private static final byte TEXT = 1;
    private static final byte NO_TEXT = 0;

    private Checksum() {}

    public static long ofEvent(long sessionId, long seq, int generation, int kind, byte @Nullable [] payload) {
        var crc = new CRC32C();
        crc.update(ByteBuffer.allocate(PLACE_BYTES)
                .putLong(sessionId)
                .putLong(seq)
                .putInt(generation)
                .putInt(kind)
                .flip());
        if (payload != null) {
            crc.update(payload);
        }
        return crc.getValue();
    }

    /**
     * @param tags as the column has them
     * @param incarnation as the column has it
     */
    static long ofSession(
            String code,
            @Nullable String topic,
            @Nullable String peerId,
            String tags,
            @Nullable Long incarnation,
            Instant createdAt,
            Instant expiresAt) {
        var crc = new CRC32C();
        add(crc, createdAt.toEpochMilli());
        if (incarnation != null) {
            add(crc, incarnation);
        }
        add(crc, code);
        add(crc, topic);
        add(crc, peerId);
        add(crc, tags);
        return crc.getValue() + expiresAt.toEpochMilli();
    }

    private static void add(CRC32C crc, long number) {
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
    }

    private static void add(CRC32C crc, @Nullable String text) {
        if (text == null) {
            crc.update(NO_TEXT);
        } else {
            crc.update(TEXT);
            crc.update(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /**
     * Compares the sum in an event's row with the one that its content has.
     *
     * @param none whether its session has no sum at all
     */
    static void require(@Nullable Long read, long made, boolean none, EventPosition row) throws RowDamaged {
        if (read == null ? !none : read != made) {
            throw new RowDamaged(row + ": its checksum does not match");
        }
    }

    /** Compares the sum in a session's row with the one that its content has. */
    static void requireOfSession(long read, long made, long id) throws RowDamaged {
        if (read != made) {
            throw new RowDamaged("the session with the id " + id + ": its checksum does not match");
        }
    }
}
