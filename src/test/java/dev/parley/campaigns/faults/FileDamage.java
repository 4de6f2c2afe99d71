package dev.parley.campaigns.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** What a bad disk, a bad cable or a bad hand does to a file. */
enum FileDamage {
    HEADER(false) {
        @Override
        byte[] done(byte[] file, Random random) {
            return overwritten(file, random.nextInt(100), 1 + random.nextInt(16), random);
        }
    },
    ONE_BIT(false) {
        @Override
        byte[] done(byte[] file, Random random) {
            return flipped(file, random);
        }
    },
    SOME_BYTES(false) {
        @Override
        byte[] done(byte[] file, Random random) {
            return overwritten(file, random.nextInt(file.length), 1 + random.nextInt(64), random);
        }
    },
    PAGE_OF_ZEROS(false) {
        @Override
        byte[] done(byte[] file, Random random) {
            int page = random.nextInt(file.length / PAGE) * PAGE;
            Arrays.fill(file, page, page + PAGE, (byte) 0);
            return file;
        }
    },
    PAGE_IN_THE_WRONG_PLACE(false) {
        @Override
        byte[] done(byte[] file, Random random) {
            int pages = file.length / PAGE;
            System.arraycopy(file, random.nextInt(pages) * PAGE, file, random.nextInt(pages) * PAGE, PAGE);
            return file;
        }
    },
    TRUNCATION(false) {
        @Override
        byte[] done(byte[] file, Random random) {
            return Arrays.copyOf(file, random.nextInt(file.length));
        }
    },
    LOG_BIT(true) {
        @Override
        byte[] done(byte[] file, Random random) {
            return flipped(file, random);
        }
    },
    LOG_BYTES(true) {
        @Override
        byte[] done(byte[] file, Random random) {
            return overwritten(file, random.nextInt(file.length), 1 + random.nextInt(64), random);
        }
    },
    LOG_HEADER(true) {
        @Override
        byte[] done(byte[] file, Random random) {
            return overwritten(file, random.nextInt(32), 1 + random.nextInt(8), random);
        }
    },
    LOG_TRUNCATION(true) {
        @Override
        byte[] done(byte[] file, Random random) {
            return Arrays.copyOf(file, random.nextInt(file.length));
        }
    };

    private static final int PAGE = 4_096;

    private final boolean ofTheLog;

    FileDamage(boolean ofTheLog) {
        this.ofTheLog = ofTheLog;
    }

    /** Whether what is damaged is the write-ahead log, rather than the file itself. */
    boolean isOfTheLog() {
        return ofTheLog;
    }

    /** Damages the store at {@code path}, or its log. */
    void on(Path path, Random random) throws IOException {
        Path file = ofTheLog ? path.resolveSibling(path.getFileName() + "-wal") : path;
        Files.write(file, done(Files.readAllBytes(file), random));
    }

    /** The file after the damage; {@code file} may be changed. */
    abstract byte[] done(byte[] file, Random random);

    private static byte[] flipped(byte[] file, Random random) {
        int at = random.nextInt(file.length);
        file[at] = (byte) (file[at] ^ 1 << random.nextInt(8));
        return file;
    }

    private static byte[] overwritten(byte[] file, int at, int length, Random random) {
        byte[] noise = new byte[Math.min(length, file.length - at)];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, file, at, noise.length);
        return file;
    }
}
