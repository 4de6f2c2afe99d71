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
import java.nio.file.attribute.PosixFilePermissions;

/** Creates files that only their owner can read, because they contain payloads, and replaces files atomically and durably. */
public final class PrivateFiles {
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private PrivateFiles() {}

    /** Creates an empty file with the owner of its folder, unless it exists. */
    public static void createIfMissing(Path file) throws IOException {
        createIfMissing(file, folderOf(file));
    }

    /** Creates an empty file with the owner of {@code model}, unless it exists: commands run by root leave no files of root. */
    public static void createIfMissing(Path file, Path model) throws IOException {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        try {
            Files.createFile(file, posix ? new FileAttribute<?>[] {OWNER_ONLY} : new FileAttribute<?>[0]);
        } catch (FileAlreadyExistsException e) {
            return;
        }
        if (Files.exists(model) && !Files.getOwner(model).equals(Files.getOwner(file))) {
            try {
                Files.setOwner(file, Files.getOwner(model));
            } catch (FileSystemException e) {
                // Only root can change an owner; a command of another user fails, if it has to, when it writes.
            }
        }
    }

    static Path folderOf(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return folder == null ? file : folder;
    }

    /** Makes {@code file} durable, renames it to {@code target} atomically, and makes the rename durable. */
    public static void moveInto(Path target, Path file) throws IOException {
        try (FileChannel content = FileChannel.open(file, StandardOpenOption.WRITE)) {
            content.force(true);
        }
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        syncFolder(target);
    }

    /** Makes creations, renames and deletions in the folder of {@code file} durable. */
    static void syncFolder(Path file) throws IOException {
        try (FileChannel names = FileChannel.open(folderOf(file), StandardOpenOption.READ)) {
            names.force(true);
        }
    }
}
