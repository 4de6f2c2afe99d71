package dev.parley.store.sql;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a session that other peers may see; times in epoch milliseconds.
 *
 * @param incarnation null if a version without incarnations opened the session
 * @param checksum null if a version without checksums opened it
 */
public record SessionColumns(
        long id,
        String code,
        @Nullable String topic,
        @Nullable String peerId,
        String tags,
        @Nullable Long incarnation,
        long createdAt,
        long expiresAt,
        @Nullable Long checksum) {
    /** The value of {@link #checksum}: {@code expires_at} is added, so that it can be changed without reading the rest. */
    long computedChecksum() {
        var crc = new CRC32C();
        ByteBuffer numbers = ByteBuffer.allocate(2 * Long.BYTES).putLong(createdAt);
        crc.update((incarnation == null ? numbers : numbers.putLong(incarnation)).flip());
        add(crc, code);
        add(crc, topic);
        add(crc, peerId);
        add(crc, tags);
        return crc.getValue() + expiresAt;
    }

    private static void add(CRC32C crc, @Nullable String text) {
        crc.update(text == null ? 0 : 1);
        if (text != null) {
            crc.update(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    SessionColumns requireIntact() throws RowDamaged {
        if (checksum != null && checksum != computedChecksum()) {
            throw new RowDamaged("the session with the id " + id + ": its checksum does not match");
        }
        return this;
    }
}
