package dev.parley.packaged;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A class data sharing archive of the packaged jar, so that its starts take half the time. The first process of a build that needs the
 * archive creates it; the other processes of the build use the same file.
 */
final class ClassArchive {
    private static final Path FOLDER = Path.of("target", "archive").toAbsolutePath();

    /** The option of the virtual machine that names the archive. */
    static final String OPTION = "-XX:SharedArchiveFile=" + createOnce();

    private ClassArchive() {}

    private static Path createOnce() {
        try {
            long built = Files.getLastModifiedTime(ParleyJar.packaged()).toMillis();
            Path archive = Files.createDirectories(FOLDER).resolve("classes-" + built + ".jsa");
            try (FileChannel channel = FileChannel.open(
                            FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (lock.isValid() && !Files.exists(archive)) {
                    create(archive);
                }
            }
            return archive;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void create(Path archive) throws IOException {
        Path folder = Files.createTempDirectory(FOLDER, "parley-");
        Path unfinished = folder.resolve("classes.jsa");
        try (RunningParley parley = ParleyJar.in(folder)
                .optimizing()
                .withOption("-XX:TieredStopAtLevel=1")
                .withOption("-XX:ArchiveClassesAtExit=" + unfinished)
                .start()) {
            parley.stop();
        }
        Files.move(unfinished, archive);
    }
}
