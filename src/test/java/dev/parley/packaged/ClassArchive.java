package dev.parley.packaged;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The classes of the packaged jar as a server had them in memory when it had started, in a file from which later starts take them.
 * Made once by each virtual machine that tests, when it is first needed, and gone with it.
 */
final class ClassArchive {
    private static final Path FOLDER = Path.of("target", "archive");

    /** The option of the virtual machine that names the file. */
    static final String OPTION = "-XX:SharedArchiveFile=" + make();

    private ClassArchive() {}

    private static Path make() {
        try {
            Path folder = Files.createTempDirectory(Files.createDirectories(FOLDER), "parley-")
                    .toAbsolutePath();
            Path archive = folder.resolve("classes.jsa");
            archive.toFile().deleteOnExit();
            try (RunningParley parley = ParleyJar.in(folder)
                    .withOption("-XX:ArchiveClassesAtExit=" + archive)
                    .start()) {
                parley.stop();
            }
            return archive;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
