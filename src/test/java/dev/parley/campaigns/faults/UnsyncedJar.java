package dev.parley.campaigns.faults;

import dev.parley.packaged.ParleyJar;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;

/**
 * A copy of the packaged service with a fault: SQLite's {@code synchronous} is NORMAL instead of FULL, so a commit does not wait for the
 * disk. Two constants of one class file are changed.
 */
final class UnsyncedJar {
    private static final String CLASS = "dev/parley/store/sqlite/SqliteFile.class";

    private UnsyncedJar() {}

    /** Makes the copy in {@code target}, a new folder. */
    static Path copiedTo(Path target) throws IOException {
        Path packaged = ParleyJar.packaged();
        Path source = packaged.resolveSibling("");
        try (var files = Files.walk(source)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, target.resolve(source.relativize(file).toString()));
            }
        }
        try (var jars = Files.list(target.resolve("app"))) {
            relax(jars.findFirst().orElseThrow());
        }
        return target.resolve(packaged.getFileName());
    }

    private static void relax(Path jar) throws IOException {
        try (FileSystem entries = FileSystems.newFileSystem(jar)) {
            Path file = entries.getPath(CLASS);
            byte[] relaxed = replaced(replaced(Files.readAllBytes(file), "FULL", "NORMAL"), "2", "1");
            Files.copy(new ByteArrayInputStream(relaxed), file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** The class file with another text in its constant pool, where each is a tag, two bytes of length, and UTF-8 (JVMS 4.4.7). */
    private static byte[] replaced(byte[] classFile, String text, String other) {
        byte[] wanted = constant(text);
        for (int at = 0; at <= classFile.length - wanted.length; at++) {
            if (Arrays.equals(classFile, at, at + wanted.length, wanted, 0, wanted.length)) {
                var out = new ByteArrayOutputStream();
                out.write(classFile, 0, at);
                out.writeBytes(constant(other));
                out.write(classFile, at + wanted.length, classFile.length - at - wanted.length);
                return out.toByteArray();
            }
        }
        throw new IllegalStateException(CLASS + " has no constant " + text);
    }

    private static byte[] constant(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        var out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {1, (byte) (utf8.length >> 8), (byte) utf8.length});
        out.writeBytes(utf8);
        return out.toByteArray();
    }
}
