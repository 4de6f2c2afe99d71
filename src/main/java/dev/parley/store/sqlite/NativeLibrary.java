package dev.parley.store.sqlite;

import dev.parley.config.InvalidConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteJDBCLoader;

/**
 * Loads SQLite's library of native code, which its driver unpacks into the temporary folder and deletes when the virtual machine ends
 * in an orderly way. It is deleted as soon as it is loaded, so that a killed process leaves nothing behind either.
 */
final class NativeLibrary {
    private static final String FOLDER = "org.sqlite.tmpdir";
    private static final String UNPACKED = "org.sqlite.lib.path";

    private static boolean loaded;

    private NativeLibrary() {}

    /** Loads the library unless this process has it already, or {@code org.sqlite.lib.path} says where it is unpacked. */
    static synchronized void load() {
        if (loaded || System.getProperty(UNPACKED) != null) {
            return;
        }
        String configured = System.getProperty(FOLDER);
        Path parent = Path.of(configured == null ? System.getProperty("java.io.tmpdir") : configured);
        Path folder = make(parent);
        System.setProperty(FOLDER, folder.toString());
        try {
            SQLiteJDBCLoader.initialize();
            loaded = true;
        } catch (Exception e) {
            throw refused(parent, "holds no files that can be executed");
        } finally {
            restore(configured);
            delete(folder);
        }
    }

    /** Its owner alone may write there, so nobody else can put another library in the place of this one. */
    private static Path make(Path parent) {
        try {
            return Files.createTempDirectory(parent, "parley-");
        } catch (IOException e) {
            throw refused(parent, "cannot be written");
        }
    }

    private static void restore(@Nullable String configured) {
        if (configured == null) {
            System.clearProperty(FOLDER);
        } else {
            System.setProperty(FOLDER, configured);
        }
    }

    private static void delete(Path folder) {
        try (var files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            // Windows deletes no library in use; there the driver does so at the end of the virtual machine.
        }
    }

    private static InvalidConfiguration refused(Path parent, String why) {
        return new InvalidConfiguration(
                "java.io.tmpdir: " + parent + " " + why + ", and SQLite's library is unpacked there; name another"
                        + " folder with -Dorg.sqlite.tmpdir, or unpack the library and name its folder with -D"
                        + UNPACKED + ".");
    }
}
