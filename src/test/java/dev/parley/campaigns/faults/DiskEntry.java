package dev.parley.campaigns.faults;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One entry of the journal of {@code disk_recorder.c}, which documents the format.
 *
 * @param end the length of the journal with this entry: its moment
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes are never changed, and entries are not compared
record DiskEntry(Kind kind, Path path, long position, byte[] data, long end) {
    /** An operation on a file or its name; syncing a folder makes its names durable. */
    enum Kind {
        CREATE('c'),
        WRITE('w'),
        TRUNCATE('t'),
        SYNC('s'),
        UNLINK('u'),
        RENAME('r');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }

        private static Kind of(byte letter) {
            for (Kind kind : values()) {
                if (kind.letter == letter) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("No kind of entry: " + letter);
        }
    }

    /** All complete entries; the last one of a killed process may be truncated. */
    static List<DiskEntry> parse(byte[] journal) {
        ByteBuffer in = ByteBuffer.wrap(journal).order(ByteOrder.LITTLE_ENDIAN);
        var entries = new ArrayList<DiskEntry>();
        while (in.remaining() >= 19) {
            Kind kind = Kind.of(in.get());
            byte[] path = new byte[in.getShort()];
            if (in.remaining() < path.length + 16) {
                break;
            }
            in.get(path);
            long position = in.getLong();
            byte[] data = new byte[Math.toIntExact(in.getLong())];
            if (in.remaining() < data.length) {
                break;
            }
            in.get(data);
            entries.add(new DiskEntry(
                    kind, Path.of(new String(path, StandardCharsets.UTF_8)), position, data, in.position()));
        }
        return entries;
    }
}
