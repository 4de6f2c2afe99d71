package dev.parley.store.sqlite;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Files that only their owner may read, because they hold what peers say to each other; and how one comes into its place so that
 * a power cut leaves either the old one or the new one, whole.
 */
public final class PrivateFiles {
    private static final Set<PosixFilePermission> OWNERS = PosixFilePermissions.fromString("rw-------");

    private PrivateFiles() {}

    /** Makes an empty file unless it is there, owned as its folder is. */
    public static void makeIfMissing(Path file) throws IOException {
        makeIfMissing(file, folderOf(file));
    }

    static Path folderOf(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return folder == null ? file : folder;
    }

    /** Makes an empty file unless it is there, owned as {@code neighbour} is where that is: root's commands leave nothing of root's. */
    public static void makeIfMissing(Path file, Path neighbour) throws IOException {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        try {
            Files.createFile(
                    file,
                    posix
                            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNERS)}
                            : new FileAttribute<?>[0]);
        } catch (FileAlreadyExistsException e) {
            return;
        }
        adopt(file, neighbour);
    }

    private static void adopt(Path file, Path neighbour) throws IOException {
        if (!Files.exists(neighbour) || Files.getOwner(neighbour).equals(Files.getOwner(file))) {
            return;
        }
        try {
            Files.setOwner(file, Files.getOwner(neighbour));
        } catch (FileSystemException e) {
            // Only root may give a file away; another user's command fails, if it has to, where it writes.
        }
    }

    /** Makes {@code file} durable, puts it in the place of {@code target} at once, and makes that durable too. */
    public static void moveInto(Path target, Path file) throws IOException {
        try (FileChannel content = FileChannel.open(file, StandardOpenOption.WRITE)) {
            content.force(true);
        }
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        syncFolder(target);
    }

    /** Makes names in the folder of {@code file} durable: a rename is not until its folder is. */
    static void syncFolder(Path file) throws IOException {
        try (FileChannel names = FileChannel.open(folderOf(file), StandardOpenOption.READ)) {
            names.force(true);
        }
    }
}
