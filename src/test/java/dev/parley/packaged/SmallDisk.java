package dev.parley.packaged;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file system of a few megabytes that can be filled up. Only root may mount one; otherwise the test that needs it is skipped.
 */
final class SmallDisk implements AutoCloseable {
    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    /** Mounts a file system on a new folder below {@code parent}, or skips the test. */
    static SmallDisk in(Path parent, int megabytes) throws IOException {
        Path folder = Files.createDirectory(parent.resolve("small-disk"));
        boolean mounted = Program.succeeds(
                "mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "parley-test", folder.toString());
        assumeTrue(mounted, "Mounting a file system is not permitted here");
        return new SmallDisk(folder);
    }

    Path folder() {
        return folder;
    }

    /** Occupies {@code megabytes}, until the file is deleted. */
    Path occupy(int megabytes) throws IOException {
        return Files.write(folder.resolve("ballast"), new byte[megabytes << 20]);
    }

    /** Occupies all remaining space, until the file is deleted. */
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

    @Override
    public void close() throws IOException {
        if (!Program.succeeds("umount", folder.toString())) {
            throw new IOException("Cannot unmount " + folder);
        }
    }
}
