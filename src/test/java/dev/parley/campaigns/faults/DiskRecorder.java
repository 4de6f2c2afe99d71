package dev.parley.campaigns.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.Program;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Records what a process does to the files of one folder, and whether it waits until that is on the disk. A library in C, which is
 * compiled here and preloaded into the process, does so; without {@code gcc} the test that needs the recorder is skipped.
 */
final class DiskRecorder {
    private final Path library;
    private final Path folder;
    private final Path journal;

    private DiskRecorder(Path library, Path folder, Path journal) {
        this.library = library;
        this.folder = folder;
        this.journal = journal;
    }

    /**
     * A recorder of what happens below {@code folder}, or skips the test.
     *
     * @param tools a folder for what the recorder itself needs
     */
    static DiskRecorder of(Path folder, Path tools) throws IOException {
        Path library = tools.resolve("disk_recorder.so");
        if (!Files.exists(library)) {
            compile(library, tools);
        }
        return new DiskRecorder(library, folder, Files.createTempFile(tools, "disk-", ".journal"));
    }

    private static void compile(Path library, Path tools) throws IOException {
        Path source = tools.resolve("disk_recorder.c");
        try (InputStream in = DiskRecorder.class.getResourceAsStream("disk_recorder.c")) {
            if (in == null) {
                throw new IllegalStateException("disk_recorder.c is not among the test's resources");
            }
            Files.copy(in, source);
        }
        assumeTrue(
                Program.succeeds(
                        "gcc",
                        "-shared",
                        "-fPIC",
                        "-O1",
                        "-o",
                        library.toString(),
                        source.toString(),
                        "-ldl",
                        "-lpthread"),
                "gcc is not installed, or cannot compile the recorder");
    }

    /** The jar, recorded. */
    ParleyJar on(ParleyJar jar) {
        return jar.with("LD_PRELOAD", library.toString())
                .with("DISK_RECORDER_FOLDER", folder.toString())
                .with("DISK_RECORDER_JOURNAL", journal.toString());
    }

    /** The present as the length of the recording, which contains everything that was acknowledged by now. */
    long moment() {
        return journal.toFile().length();
    }

    List<DiskEntry> entries() throws IOException {
        return DiskEntry.parse(Files.readAllBytes(journal));
    }
}
