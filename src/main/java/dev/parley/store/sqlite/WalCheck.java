package dev.parley.store.sqlite;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The write-ahead log as the last process left it, looked at before SQLite opens it (SQLite's file format, section 4).
 *
 * <p>SQLite takes the log as far as its checksums hold and drops the rest, since after a crash the end may be half written. It
 * does not ask whether more than the end is missing, and so a bit that rots in the middle would undo, in silence, every commit
 * behind it. But a commit is on the disk before the next one begins: so only the last commit may be broken, and a broken frame
 * with more than one commit behind it is damage. That the last commit is damaged, or cut off, cannot be told from a crash.
 *
 * <p>A command meets the log of a server that goes on writing, and may read a frame before, and those behind it after they were
 * written. Frames are written in their order and change again only when the log starts over under a new head, so what another
 * look finds still broken in the same place, under the same head, was not being written.
 */
final class WalCheck {
    private static final int HEADER_BYTES = 32;
    private static final int FRAME_HEADER_BYTES = 24;
    private static final int MAGIC = 0x377f0682;

    private final FileChannel file;
    private final ByteBuffer header;
    private final ByteOrder words;
    private int sum1;
    private int sum2;

    private WalCheck(FileChannel file, ByteBuffer header) {
        this.file = file;
        this.header = header;
        this.words = (header.getInt(0) & 1) == 1 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    /** What is wrong with the log at {@code path}; nothing where there is none, or where it is as a crash may leave it. */
    static Optional<String> damage(Path path) throws IOException {
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            Optional<Damage> found = look(file);
            while (found.isPresent()) {
                Optional<Damage> again = look(file);
                if (again.equals(found)) {
                    return found.map(Damage::what);
                }
                found = again;
            }
            return Optional.empty();
        }
    }

    private static Optional<Damage> look(FileChannel file) throws IOException {
        if (file.size() <= HEADER_BYTES) {
            return Optional.empty();
        }
        try {
            ByteBuffer header = read(file, 0, HEADER_BYTES);
            return new WalCheck(file, header).damage().map(what -> new Damage(what, header));
        } catch (EOFException e) {
            return Optional.empty(); // cut back after a checkpoint, by a server that goes on
        }
    }

    /** What is wrong, under which head. */
    private record Damage(String what, ByteBuffer header) {}

    private Optional<String> damage() throws IOException {
        if (!isHeaderWhole()) {
            // It is made durable before the first frame is written.
            return Optional.of("the head of its write-ahead log is damaged");
        }
        int frameBytes = FRAME_HEADER_BYTES + header.getInt(8);
        long frames = (file.size() - HEADER_BYTES) / frameBytes;
        for (long frame = 0; frame < frames; frame++) {
            if (!isNext(frame(frame, frameBytes))) {
                return isFollowedByCommits(frame, frames, frameBytes) ? damaged(frame) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Optional<String> damaged(long frame) {
        return Optional.of(
                "its write-ahead log is damaged in frame " + (frame + 1) + ", and there are commits behind it");
    }

    private boolean isHeaderWhole() {
        int pageBytes = header.getInt(8);
        if ((header.getInt(0) & ~1) != MAGIC || Integer.bitCount(pageBytes) != 1 || pageBytes < 512) {
            return false;
        }
        add(header, 0, 24);
        return header.getInt(24) == sum1 && header.getInt(28) == sum2;
    }

    /** Whether a frame carries the salts of the log; one of the time before the log started over carries others. */
    private boolean isOfThisLog(ByteBuffer frame) {
        return frame.getInt(0) != 0 && frame.getLong(8) == header.getLong(16);
    }

    /**
     * Whether a commit ends behind {@code broken}, and behind that the log goes on. The sums are a chain, so a frame can be held
     * against the one before it, even where the chain is broken further ahead: a frame that a crash tore, or one of the time
     * before the log started over, does not hold.
     */
    private boolean isFollowedByCommits(long broken, long frames, int frameBytes) throws IOException {
        boolean committed = false;
        ByteBuffer before = frame(broken, frameBytes);
        for (long frame = broken + 1; frame < frames; frame++) {
            ByteBuffer bytes = frame(frame, frameBytes);
            sum1 = before.getInt(16);
            sum2 = before.getInt(20);
            boolean holds = isNext(bytes);
            if (holds && committed) {
                return true;
            }
            committed = holds && bytes.getInt(4) != 0;
            before = bytes;
        }
        return false;
    }

    private ByteBuffer frame(long number, int frameBytes) throws IOException {
        return read(file, HEADER_BYTES + number * frameBytes, frameBytes);
    }

    /** Adds the frame to the sums; whether they are then its own. */
    private boolean isNext(ByteBuffer bytes) {
        add(bytes, 0, 8);
        add(bytes, FRAME_HEADER_BYTES, bytes.limit());
        return isOfThisLog(bytes) && bytes.getInt(16) == sum1 && bytes.getInt(20) == sum2;
    }

    private void add(ByteBuffer bytes, int from, int to) {
        ByteBuffer in = bytes.duplicate().order(words);
        for (int at = from; at < to; at += 8) {
            sum1 += in.getInt(at) + sum2;
            sum2 += in.getInt(at + 4) + sum1;
        }
    }

    private static ByteBuffer read(FileChannel file, long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, position + bytes.position()) < 0) {
                throw new EOFException();
            }
        }
        return bytes.flip();
    }
}
