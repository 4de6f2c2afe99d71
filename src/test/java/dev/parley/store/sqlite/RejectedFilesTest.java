package dev.parley.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.config.InvalidConfiguration;
import dev.parley.packaged.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server does not start on a file that is no store; the error names the file, and the file stays as it was. */
class RejectedFilesTest {
    @TempDir
    Path folder;

    @Test
    void filesThatAreNoDatabaseAreRejected() throws IOException {
        assertRejectedUnchanged(Files.writeString(
                folder.resolve("notes.txt"), "not a database, but longer than the header of one: 100 bytes".repeat(2)));
        assertRejectedUnchanged(Files.writeString(folder.resolve("short.db"), "SQLite"));
    }

    @Test
    void databasesOfAnotherApplicationAreRejected() throws IOException, SQLException {
        Path file = folder.resolve("recipes.db");
        execute(file, "CREATE TABLE recipes (name TEXT, text TEXT)");
        assertRejectedUnchanged(file);
        // Readers of a database with a write-ahead log create files beside it, too.
        execute(file, "PRAGMA journal_mode = WAL");
        assertRejectedUnchanged(file);
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 60));
        assertRejectedUnchanged(file);
    }

    @Test
    void storesOfANewerOrAlteredVersionAreRejected() throws IOException, SQLException {
        Path newer = folder.resolve("newer.db");
        new OfflineStore(newer).migrate();
        execute(newer, """
                INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by,
                    installed_on, execution_time, success)
                SELECT installed_rank + 1000, '9999', 'of the future', type, 'V9999__of_the_future.sql', checksum, installed_by,
                    installed_on, execution_time, success
                FROM flyway_schema_history ORDER BY installed_rank DESC LIMIT 1""");
        assertThat(assertRejectedUnchanged(newer)).contains("9999");

        Path altered = folder.resolve("altered.db");
        new OfflineStore(altered).migrate();
        execute(altered, "UPDATE flyway_schema_history SET checksum = checksum + 1");
        assertRejectedUnchanged(altered);
    }

    @Test
    void pathsThatCannotBeAFileAreRejected() throws IOException {
        Path directory = Files.createDirectory(folder.resolve("directory.db"));
        assertRejected(directory);
        assertThat(directory).isEmptyDirectory();
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        assertRejected(file.resolve("parley.db"));
        assertThat(file).hasContent("in the way");
        assertRejected(Files.createSymbolicLink(folder.resolve("cycle.db"), Path.of("cycle.db")));
    }

    @Test
    void anUnwritableFolderIsRejected() throws IOException {
        Path mounted = Files.createDirectory(folder.resolve("mounted"));
        Assumptions.assumeTrue(
                Program.succeeds("mount", "-t", "tmpfs", "-o", "ro,size=1m", "parley-test", mounted.toString()),
                "Mounting a file system is not permitted here");
        try {
            assertRejected(mounted.resolve("parley.db"));
        } finally {
            Program.run("umount", mounted.toString()).succeeded();
        }
    }

    private static void execute(Path file, String sql) throws SQLException {
        try (Connection connection = new OfflineStore(file).connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String assertRejectedUnchanged(Path file) throws IOException {
        byte[] before = Files.readAllBytes(file);
        String message = assertRejected(file);
        assertThat(file).hasBinaryContent(before);
        for (String suffix : new String[] {"-wal", "-shm", "-journal"}) {
            assertThat(file.resolveSibling(file.getFileName() + suffix)).doesNotExist();
        }
        return message;
    }

    private static String assertRejected(Path file) {
        var message = new StringBuilder();
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> new OfflineStore(file).open().close())
                .satisfies(e -> message.append(e.getMessage()))
                .withMessageStartingWith("parley.store.url: " + file);
        return message.toString();
    }
}
