package dev.parley.store.sqlite;

import dev.parley.config.InvalidConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.sqlite.SQLiteJDBCLoader;

/**
 * Loads SQLite's native library, which its driver unpacks into the temporary folder and deletes when the virtual machine ends
 * normally. Here it is deleted as soon as it is loaded, so that a killed process leaves no file either.
 */
final class NativeLibrary {
    private static final String FOLDER = "org.sqlite.tmpdir";
    private static final String UNPACKED = "org.sqlite.lib.path";

    private static boolean loaded;

    private NativeLibrary() {}

    /**
     * Loads the library, unless this process has loaded it. An unpacked one is used if it is in the folder that {@code
     * org.sqlite.lib.path} names, or beside the native executable; then nothing is written.
     */
    static synchronized void load() {
        if (loaded || System.getProperty(UNPACKED) != null) {
            return;
        }
        Optional<Path> unpacked = folderOfExecutable().filter(NativeLibrary::isIn);
        if (unpacked.isPresent()) {
            System.setProperty(UNPACKED, unpacked.get().toString());
            return;
        }
        String parent = System.getProperty(FOLDER, System.getProperty("java.io.tmpdir"));
        Path folder = null;
        try {
            // Only its owner can write to it, so nobody else can replace the library.
            folder = Files.createTempDirectory(Path.of(parent), "parley-");
            System.setProperty(FOLDER, folder.toString());
            SQLiteJDBCLoader.initialize();
            loaded = true;
        } catch (Exception e) {
            throw new InvalidConfiguration("java.io.tmpdir: SQLite's library cannot be unpacked to " + parent
                    + ", or not be executed there; name another folder with -Dorg.sqlite.tmpdir, or unpack the library and"
                    + " name its folder with -D" + UNPACKED + ".");
        } finally {
            System.setProperty(FOLDER, parent);
            if (folder != null) {
                delete(folder);
            }
        }
    }

    private static Optional<Path> folderOfExecutable() {
        return ProcessHandle.current()
                .info()
                .command()
                .map(program -> Path.of(program).getParent());
    }

    private static boolean isIn(Path folder) {
        return Files.isRegularFile(folder.resolve(System.mapLibraryName("sqlitejdbc")));
    }

    private static void delete(Path folder) {
        try (var files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            // Windows does not delete a library in use; there the driver does it at the end of the virtual machine.
        }
    }
}
