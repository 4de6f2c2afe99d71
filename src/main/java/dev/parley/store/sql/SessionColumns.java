package dev.parley.store.sql;

import dev.parley.session.Code;
import dev.parley.session.Listing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
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
    /** Distinguishes the session from others with its code, also one that has no incarnation. */
    long identity() {
        return incarnation == null ? createdAt : incarnation;
    }

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

    /** The session as it is listed; only sessions with a topic are. */
    Listing listing() {
        return new Listing(
                new Code(code),
                Objects.requireNonNull(topic),
                peerId,
                Tags.list(tags),
                Instant.ofEpochMilli(createdAt),
                Instant.ofEpochMilli(expiresAt));
    }

    SessionColumns requireIntact() throws RowDamaged {
        if (checksum != null && checksum != computedChecksum()) {
            throw new RowDamaged("the session with the id " + id + ": its checksum does not match");
        }
        return this;
    }
}
