package dev.parley.packaged;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A filesystem of a few megabytes that can be filled up, and made read-only. Only root may mount one; elsewhere the test that
 * asks for it is skipped.
 */
final class SmallDisk implements AutoCloseable {
    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    /** Mounts a filesystem on a new folder below {@code parent}, or skips the test. */
    static SmallDisk in(Path parent, int megabytes) throws IOException {
        Path folder = Files.createDirectory(parent.resolve("small-disk"));
        boolean mounted =
                runs("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "parley-test", folder.toString());
        assumeTrue(mounted, "Mounting a filesystem is not permitted here");
        return new SmallDisk(folder);
    }

    Path folder() {
        return folder;
    }

    /** Takes {@code megabytes} of the room; deleting the file gives it back. */
    Path occupy(int megabytes) throws IOException {
        return Files.write(folder.resolve("ballast"), new byte[megabytes << 20]);
    }

    /** Takes all the room that is left; deleting the file gives it back. */
    Path occupyRest() throws IOException {
        Path file = folder.resolve("rest");
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] page = new byte[1 << 12];
            while (true) {
                out.write(page);
            }
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            return file; // no space left
        }
    }

    void makeReadOnly() throws IOException {
        if (!runs("mount", "-o", "remount,ro", folder.toString())) {
            throw new IOException("Cannot make " + folder + " read-only");
        }
    }

    @Override
    public void close() throws IOException {
        if (!runs("umount", folder.toString())) {
            throw new IOException("Cannot unmount " + folder);
        }
    }

    /** Whether a command is there and succeeds. */
    static boolean runs(String... command) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return false; // no such command
        }
        try {
            return process.waitFor(120, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while running " + command[0], e);
        }
    }
}
