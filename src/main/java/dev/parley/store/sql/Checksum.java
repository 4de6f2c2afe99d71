package dev.parley.store.sql;

import dev.parley.store.crypto.EventPosition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Detects bit rot in a row: SQLite detects damage where it breaks the structure of a page, and returns damaged values otherwise. A CRC-32C,
 * for which processors have an instruction, of the row's content and its position.
 *
 * <p>The column {@code checksum} of an event has it as it is; that of a session has {@code expires_at} added, so that the statement which
 * changes that can update the checksum without reading the rest. Sessions of versions without checksums have none, and neither need their
 * events of that time. Sessions of versions without incarnations have a checksum without one.
 */
public final class Checksum {
    private static final int POSITION_BYTES = 2 * Long.BYTES + 2 * Integer.BYTES;
    private static final byte TEXT = 1;
    private static final byte NO_TEXT = 0;

    private Checksum() {}

    public static long ofEvent(long sessionId, long seq, int generation, int kind, byte @Nullable [] payload) {
        var crc = new CRC32C();
        crc.update(ByteBuffer.allocate(POSITION_BYTES)
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
    public static long ofSession(
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
     * Compares the checksum in an event's row with the one computed from its content.
     *
     * @param none whether its session has no checksum at all
     */
    static void require(@Nullable Long stored, long computed, boolean none, EventPosition row) throws RowDamaged {
        if (stored == null ? !none : stored != computed) {
            throw new RowDamaged(row + ": its checksum does not match");
        }
    }

    /** Compares the checksum in a session's row with the one computed from its content. */
    public static void requireOfSession(long stored, long computed, long id) throws RowDamaged {
        if (stored != computed) {
            throw new RowDamaged("the session with the id " + id + ": its checksum does not match");
        }
    }
}
