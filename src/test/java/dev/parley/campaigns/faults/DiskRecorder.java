package dev.parley.campaigns.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.packaged.ParleyJar;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes down what a process does to the files of one folder, and whether it waits until that is on the disk. The recording is
 * the work of a library in C that is compiled here and preloaded into the process; where there is no {@code gcc}, the test that
 * asks for it is skipped.
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
                runs(
                        "gcc",
                        "-shared",
                        "-fPIC",
                        "-O1",
                        "-o",
                        library.toString(),
                        source.toString(),
                        "-ldl",
                        "-lpthread"),
                "There is no gcc here that can compile the recorder");
    }

    private static boolean runs(String... command) throws IOException {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while compiling", e);
        } catch (IOException e) {
            return false; // no such command
        }
    }

    /** The jar, recorded. */
    ParleyJar on(ParleyJar jar) {
        return jar.with("LD_PRELOAD", library.toString())
                .with("DISK_RECORDER_FOLDER", folder.toString())
                .with("DISK_RECORDER_JOURNAL", journal.toString());
    }

    /** The moment, as the length of the recording: everything that anybody was told by now is in so much of it. */
    long moment() {
        return journal.toFile().length();
    }

    List<DiskEntry> entries() throws IOException {
        return DiskEntry.parse(Files.readAllBytes(journal));
    }
}
