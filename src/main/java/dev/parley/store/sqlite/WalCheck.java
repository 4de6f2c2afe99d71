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
 * Checks the write-ahead log of the last process before SQLite opens it (SQLite's file format, section 4).
 *
 * <p>SQLite applies the log as far as its checksums hold and drops the rest, since after a crash the end may be half written. It
 * does not check whether more than the end is invalid, so a damaged bit in the middle would silently undo every commit after it. But
 * a commit is on disk before the next one begins: only the last commit can be incomplete, and an invalid frame with more than one
 * commit after it is damage. A last commit that is damaged or missing cannot be distinguished from a crash.
 *
 * <p>A command reads the log of a server that keeps writing, and may read a frame before it is written and those after it later.
 * Frames are written in order and change again only when the log starts over under a new header, so a frame that a second read finds
 * invalid under the same header was not being written.
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

    /** Damage of the log at {@code path}, and the header under which it was found. */
    private record Damage(String what, ByteBuffer header) {}

    /** Describes the damage of the log at {@code path}; empty if there is no log, or it is as a crash may leave it. */
    static Optional<String> damage(Path path) throws IOException {
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            Optional<Damage> found = check(file);
            Optional<Damage> before = Optional.empty();
            while (found.isPresent() && !found.equals(before)) {
                before = found;
                found = check(file);
            }
            return found.map(Damage::what);
        }
    }

    private static Optional<Damage> check(FileChannel file) throws IOException {
        if (file.size() <= HEADER_BYTES) {
            return Optional.empty();
        }
        try {
            ByteBuffer header = read(file, 0, HEADER_BYTES);
            return new WalCheck(file, header).damage().map(what -> new Damage(what, header));
        } catch (EOFException e) {
            return Optional.empty(); // truncated by a server after a checkpoint
        }
    }

    private Optional<String> damage() throws IOException {
        if (!isHeaderValid()) {
            // It is made durable before the first frame is written.
            return Optional.of("the header of its write-ahead log is damaged");
        }
        int frameBytes = FRAME_HEADER_BYTES + header.getInt(8);
        long frames = (file.size() - HEADER_BYTES) / frameBytes;
        for (long frame = 0; frame < frames; frame++) {
            if (!isNext(frame(frame, frameBytes))) {
                return isFollowedByCommits(frame, frames, frameBytes)
                        ? Optional.of("its write-ahead log is damaged in frame " + (frame + 1)
                                + ", and commits follow after it")
                        : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private boolean isHeaderValid() {
        int pageBytes = header.getInt(8);
        if ((header.getInt(0) & ~1) != MAGIC || Integer.bitCount(pageBytes) != 1 || pageBytes < 512) {
            return false;
        }
        add(header, 0, 24);
        return header.getInt(24) == sum1 && header.getInt(28) == sum2;
    }

    /**
     * Whether a commit ends after frame {@code invalid}, and another valid frame follows. The checksums are a chain, so a frame can be
     * checked against the one before it, even if the chain is broken earlier. Frames that a crash tore, and frames from before the log
     * started over, are not valid.
     */
    private boolean isFollowedByCommits(long invalid, long frames, int frameBytes) throws IOException {
        boolean committed = false;
        ByteBuffer before = frame(invalid, frameBytes);
        for (long frame = invalid + 1; frame < frames; frame++) {
            ByteBuffer bytes = frame(frame, frameBytes);
            sum1 = before.getInt(16);
            sum2 = before.getInt(20);
            boolean valid = isNext(bytes);
            if (valid && committed) {
                return true;
            }
            committed = valid && bytes.getInt(4) != 0;
            before = bytes;
        }
        return false;
    }

    private ByteBuffer frame(long number, int frameBytes) throws IOException {
        return read(file, HEADER_BYTES + number * frameBytes, frameBytes);
    }

    /** Adds the frame to the checksums; whether it has these, and the salts of the header: frames of an earlier log have others. */
    private boolean isNext(ByteBuffer frame) {
        add(frame, 0, 8);
        add(frame, FRAME_HEADER_BYTES, frame.limit());
        return frame.getInt(0) != 0
                && frame.getLong(8) == header.getLong(16)
                && frame.getInt(16) == sum1
                && frame.getInt(20) == sum2;
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
