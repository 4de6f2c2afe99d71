package dev.parley.campaigns.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** Damage to the file of a store, or to its write-ahead log. */
enum FileDamage {
    HEADER,
    ONE_BIT,
    SOME_BYTES,
    PAGE_OF_ZEROS,
    PAGE_IN_THE_WRONG_PLACE,
    TRUNCATION,
    LOG_BIT,
    LOG_BYTES,
    LOG_HEADER,
    LOG_TRUNCATION;

    private static final int PAGE = 4_096;

    /** Whether the write-ahead log is damaged, and not the file itself. */
    boolean isOfTheLog() {
        return name().startsWith("LOG_");
    }

    /** Damages the store at {@code path}, or its log. */
    void on(Path path, Random random) throws IOException {
        Path file = isOfTheLog() ? path.resolveSibling(path.getFileName() + "-wal") : path;
        Files.write(file, damaged(Files.readAllBytes(file), random));
    }

    private byte[] damaged(byte[] file, Random random) {
        int at = random.nextInt(file.length);
        return switch (this) {
            case HEADER -> overwritten(file, random.nextInt(100), 1 + random.nextInt(16), random);
            case LOG_HEADER -> overwritten(file, random.nextInt(32), 1 + random.nextInt(8), random);
            case SOME_BYTES, LOG_BYTES -> overwritten(file, at, 1 + random.nextInt(64), random);
            case TRUNCATION, LOG_TRUNCATION -> Arrays.copyOf(file, at);
            case ONE_BIT, LOG_BIT -> {
                file[at] = (byte) (file[at] ^ 1 << random.nextInt(8));
                yield file;
            }
            case PAGE_OF_ZEROS -> {
                Arrays.fill(file, at / PAGE * PAGE, at / PAGE * PAGE + PAGE, (byte) 0);
                yield file;
            }
            case PAGE_IN_THE_WRONG_PLACE -> pageCopied(file, at / PAGE, random.nextInt(file.length / PAGE));
        };
    }

    private static byte[] pageCopied(byte[] file, int from, int to) {
        System.arraycopy(file, from * PAGE, file, to * PAGE, PAGE);
        return file;
    }

    private static byte[] overwritten(byte[] file, int at, int length, Random random) {
        byte[] noise = new byte[Math.min(length, file.length - at)];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, file, at, noise.length);
        return file;
    }
}
