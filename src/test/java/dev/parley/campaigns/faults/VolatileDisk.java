package dev.parley.campaigns.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A disk with a volatile cache, which executes the recording of a {@link DiskRecorder}.
 *
 * <p>Synced data is durable. Of later writes to a file, a power cut leaves nothing, everything, some writes, or some sectors of some
 * writes, in no order. Names are durable when their folder was synced; later changes of names survive up to some point, in their order,
 * as on journaling file systems.
 */
final class VolatileDisk {
    private static final int SECTOR = 512;

    /** What is lost of the writes that are not durable yet. */
    enum Loss {
        EVERYTHING,
        NOTHING,
        WRITES,
        SECTORS
    }

    private final Path folder;
    private final Map<Path, Content> names = new HashMap<>();
    private final Map<Path, Content> safeNames = new HashMap<>();

    /** The names after each change that is not durable. */
    private final List<Map<Path, Content>> changedNames = new ArrayList<>();

    private boolean ignoresSyncs;

    private VolatileDisk(Path folder) {
        this.folder = folder;
    }

    /** A disk without the files of {@code folder}. */
    static VolatileDisk of(Path folder) {
        return new VolatileDisk(folder);
    }

    /** A disk with the present files of {@code folder}, durable. */
    static VolatileDisk holding(Path folder) throws IOException {
        var disk = new VolatileDisk(folder);
        try (var files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                var content = new Content();
                byte[] bytes = Files.readAllBytes(file);
                content.safe.write(bytes, 0, 0, bytes.length);
                disk.names.put(file, content);
            }
        }
        disk.safeNames.putAll(disk.names);
        return disk;
    }

    /** From now on it acknowledges syncs and ignores them. */
    void ignoreSyncs() {
        ignoresSyncs = true;
    }

    /** Executes the entries recorded from {@code begin} to {@code end}. */
    void apply(List<DiskEntry> entries, long begin, long end) {
        entries.stream()
                .filter(entry -> entry.end() > begin && entry.end() <= end)
                .forEach(this::apply);
    }

    private void apply(DiskEntry entry) {
        switch (entry.kind()) {
            case WRITE, TRUNCATE -> content(entry).unsafe.add(entry);
            case SYNC -> sync(entry);
            case CREATE -> {
                names.put(entry.path(), new Content());
                changedNames.add(Map.copyOf(names));
            }
            case UNLINK -> {
                names.remove(entry.path());
                changedNames.add(Map.copyOf(names));
            }
            case RENAME -> {
                names.put(Path.of(new String(entry.data(), StandardCharsets.UTF_8)), content(entry));
                names.remove(entry.path());
                changedNames.add(Map.copyOf(names));
            }
        }
    }

    private void sync(DiskEntry entry) {
        if (ignoresSyncs) {
            return;
        }
        if (entry.path().equals(folder)) {
            safeNames.clear();
            safeNames.putAll(names);
            changedNames.clear();
        } else {
            content(entry).sync();
        }
    }

    private Content content(DiskEntry entry) {
        Content content = names.get(entry.path());
        if (content == null) {
            throw new IllegalStateException(entry.kind() + " of an unknown file: " + entry.path());
        }
        return content;
    }

    /** Writes what remains after a power cut into {@code target}, a new folder. */
    void cut(Loss loss, Random random, Path target) throws IOException {
        Files.createDirectory(target);
        int changes = switch (loss) {
            case EVERYTHING -> 0;
            case NOTHING -> changedNames.size();
            case WRITES, SECTORS -> random.nextInt(changedNames.size() + 1);
        };
        Map<Path, Content> left = changes == 0 ? safeNames : changedNames.get(changes - 1);
        for (Map.Entry<Path, Content> file : left.entrySet()) {
            Files.write(
                    target.resolve(folder.relativize(file.getKey())),
                    file.getValue().left(loss, random));
        }
    }

    /** The durable bytes of a file, and the later writes. */
    private static final class Content {
        private final Bytes safe = new Bytes();
        private final List<DiskEntry> unsafe = new ArrayList<>();

        void sync() {
            for (DiskEntry entry : unsafe) {
                safe.apply(entry, 0, entry.data().length);
            }
            unsafe.clear();
        }

        byte[] left(Loss loss, Random random) {
            var bytes = new Bytes();
            bytes.write(safe.array, 0, 0, safe.length);
            for (DiskEntry entry : unsafe) {
                int length = entry.data().length;
                if (loss == Loss.NOTHING || (loss == Loss.WRITES && random.nextBoolean())) {
                    bytes.apply(entry, 0, length);
                } else if (loss == Loss.SECTORS) {
                    int from = 0;
                    do {
                        int to = Math.min(length, from + SECTOR - (int) ((entry.position() + from) % SECTOR));
                        if (random.nextBoolean()) {
                            bytes.apply(entry, from, to);
                        }
                        from = to;
                    } while (from < length);
                }
            }
            return Arrays.copyOf(bytes.array, bytes.length);
        }
    }

    /** Bytes that grow. */
    private static final class Bytes {
        private byte[] array = {};
        private int length;

        /** Writes the part of {@code entry} between {@code from} and {@code to}, or truncates. */
        void apply(DiskEntry entry, int from, int to) {
            int position = Math.toIntExact(entry.position());
            if (entry.kind() == DiskEntry.Kind.TRUNCATE) {
                reach(position);
                Arrays.fill(array, position, array.length, (byte) 0);
                length = position;
            } else {
                write(entry.data(), from, position + from, to - from);
            }
        }

        void write(byte[] data, int from, int at, int count) {
            reach(at + count);
            System.arraycopy(data, from, array, at, count);
            length = Math.max(length, at + count);
        }

        private void reach(int end) {
            if (end > array.length) {
                array = Arrays.copyOf(array, end + end / 2);
            }
        }
    }
}
