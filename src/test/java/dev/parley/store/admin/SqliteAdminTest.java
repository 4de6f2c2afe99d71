package dev.parley.store.admin;

import static dev.parley.contract.Awaited.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.ReadFrom;
import dev.parley.store.sql.Schema;
import dev.parley.store.sqlite.OfflineStore;
import dev.parley.store.sqlite.SqliteDatabase;
import dev.parley.store.sqlite.TestTable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Administration of a file without a server: a backup or restore is complete, or changes nothing. */
class SqliteAdminTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration QUERY_MAX = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @Test
    void aMigrationListsWhatItApplied() {
        StoreAdmin admin = store("far/away/parley.db").admin(() -> NOW);

        Schema.Migrated first = admin.migrate();
        Schema.Migrated second = admin.migrate();

        assertThat(first.applied()).startsWith(new Schema.Migration("001", "sessions"));
        assertThat(first.version())
                .isEqualTo(first.applied().get(first.applied().size() - 1).version());
        assertThat(second).isEqualTo(new Schema.Migrated(List.of(), first.version()));
    }

    @Test
    void onlyTheOwnerCanReadAStoreOrItsBackup() throws IOException {
        OfflineStore store = filled("parley.db", 1);
        Path backup = folder.resolve("backup.db");
        admin(store).backup(backup);

        for (Path file : List.of(store.path(), backup)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .as("%s", file)
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void aBackupContainsEverythingAndIsRestoredElsewhere() throws SQLException {
        OfflineStore store = filled("parley.db", 1_000);
        Path backup = folder.resolve("backup.db");

        StoreAdmin.Contents saved = admin(store).backup(backup);
        OfflineStore other = store("other/parley.db");
        StoreAdmin.Contents restored = admin(other).restore(backup, false).contents();

        assertThat(saved.sessions()).isEqualTo(1_000);
        assertThat(restored).isEqualTo(saved);
        assertThat(codes(other)).isEqualTo(codes(store));
        assertThat(folder.toFile().list((at, name) -> name.contains("partial"))).isEmpty();
    }

    @Test
    void aBackupReplacesAnOlderOne() throws SQLException {
        OfflineStore store = filled("parley.db", 3);
        Path backup = folder.resolve("backup.db");
        admin(store).backup(backup);
        store.execute("DELETE FROM events WHERE session_id = 1");
        store.execute("DELETE FROM sessions WHERE id = 1");

        StoreAdmin.Contents saved = admin(store).backup(backup);

        assertThat(saved.sessions()).isEqualTo(2);
    }

    /** As a power cut leaves it: a partial file under its temporary name. */
    @Test
    void aBackupReplacesThePartialFileOfAnEarlierOne() throws IOException, SQLException {
        OfflineStore store = filled("parley.db", 10);
        Path left = Files.writeString(folder.resolve("backup.db.partial"), "SQLite format 3 and no more");

        assertThat(admin(store).backup(folder.resolve("backup.db")).sessions()).isEqualTo(10);
        assertThat(left).doesNotExist();
    }

    @Test
    void aDamagedStoreDoesNotReplaceAGoodBackup() throws IOException, SQLException {
        OfflineStore store = filled("parley.db", 1_000);
        Path backup = folder.resolve("backup.db");
        admin(store).backup(backup);
        byte[] good = Files.readAllBytes(backup);
        damage(store.path());

        assertThatExceptionOfType(AdminRefused.class)
                .isThrownBy(() -> admin(store).backup(backup));
        assertThat(backup).hasBinaryContent(good);
        assertThat(folder.resolve("backup.db.partial")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"parley.db", ".", "no-such-folder/backup.db"})
    void aBackupToAnUnusablePathIsRejected(String target) throws SQLException {
        OfflineStore store = filled("parley.db", 1);
        Path file = folder.resolve(target);

        assertThatExceptionOfType(AdminRefused.class)
                .isThrownBy(() -> admin(store).backup(file))
                .withMessageContaining(file.normalize().toString());
        assertThat(codes(store)).containsExactly("code-0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-wal", "-shm", "-lock", "-journal", "-restoring", "-last-backup"})
    void aBackupReplacesNoFileOfTheStore(String suffix) throws SQLException {
        OfflineStore store = filled("parley.db", 1);
        Path file = folder.resolve("parley.db" + suffix);

        assertThatExceptionOfType(AdminRefused.class)
                .isThrownBy(() -> admin(store).backup(file))
                .withMessageContaining(file.toString());
        assertThat(codes(store)).containsExactly("code-0");
    }

    @Test
    void aBackupReplacesTheStoreUnderNoName() throws IOException, SQLException {
        OfflineStore store = filled("parley.db.partial", 1);
        Path link = Files.createSymbolicLink(folder.resolve("link.db"), store.path());
        Path linkedFolder = Files.createSymbolicLink(folder.resolve("folder"), folder);
        Path hardLink = Files.createLink(folder.resolve("hard.db"), store.path());

        for (Path name :
                List.of(link, linkedFolder.resolve("parley.db.partial"), hardLink, folder.resolve("parley.db"))) {
            assertThatExceptionOfType(AdminRefused.class)
                    .as("%s", name)
                    .isThrownBy(() -> admin(store).backup(name));
            assertThat(codes(store)).containsExactly("code-0");
        }
    }

    @Test
    void bookmarksFromBeforeARestoreAreReset() throws SQLException {
        OfflineStore store = filled("parley.db", 1);
        Path backup = folder.resolve("backup.db");
        String before;
        TestTable.create(store);
        try (SqliteDatabase database = store.open()) {
            before = served(database.write(TestTable.set("before"))).bookmark();
        }
        admin(store).backup(backup);
        String undone;
        try (SqliteDatabase database = store.open()) {
            undone = served(database.write(TestTable.set("undone"))).bookmark();
        }

        admin(store).restore(backup, false);

        try (SqliteDatabase database = store.open()) {
            assertThat(TestTable.in(database)).containsExactly("before");
            // Beyond the positions of both, where their numbers would be accepted again.
            served(database.write(TestTable.set("again")));
            served(database.write(TestTable.set("and again")));
            assertThat(isReset(database, before)).isTrue();
            assertThat(isReset(database, undone)).isTrue();
            assertThat(isReset(
                            database,
                            served(database.write(TestTable.set("new"))).bookmark()))
                    .isFalse();
        }
    }

    @Test
    void aServedStoreIsNotReplaced() {
        OfflineStore store = filled("parley.db", 1);
        Path backup = folder.resolve("backup.db");
        admin(store).backup(backup);

        try (SqliteDatabase served = store.open()) {
            assertThatExceptionOfType(InvalidConfiguration.class)
                    .isThrownBy(() -> admin(store).restore(backup, false))
                    .withMessageContaining("serves it");
            assertThat(served(served.write(tx -> "still there")).result()).isEqualTo("still there");
        }
    }

    /** Such as an open shell, which does not use Parley's lock. */
    @Test
    void aStoreOpenInAnotherProgramIsNotReplaced() throws SQLException {
        OfflineStore store = filled("parley.db", 1);
        Path backup = folder.resolve("backup.db");
        admin(store).backup(backup);

        try (Connection shell = store.connect();
                var statement = shell.createStatement()) {
            statement.executeQuery("SELECT * FROM sessions").close();
            assertThatExceptionOfType(InvalidConfiguration.class)
                    .isThrownBy(() -> admin(store).restore(backup, false))
                    .withMessageContaining("another program");
        }
        assertThat(admin(store).restore(backup, false).contents().sessions()).isEqualTo(1);
    }

    @Test
    void aDamagedBackupIsNotRestored() throws IOException, SQLException {
        OfflineStore store = filled("parley.db", 1);
        Path backup = folder.resolve("backup.db");
        admin(filled("other.db", 1_000)).backup(backup);
        damage(backup);

        assertNotRestored(store, backup);
    }

    @Test
    void aBackupOfANewerParleyIsNotRestored() throws SQLException {
        OfflineStore store = filled("parley.db", 1);
        OfflineStore newer = filled("newer.db", 3);
        newer.execute("INSERT INTO flyway_schema_history SELECT installed_rank + 1000, '9999', 'of the future', type,"
                + " 'V9999__of_the_future.sql', checksum, installed_by, installed_on, execution_time, success"
                + " FROM flyway_schema_history LIMIT 1");
        Path backup = folder.resolve("backup.db");
        admin(newer).backup(backup);

        assertThat(assertNotRestored(store, backup)).contains("9999");
    }

    @Test
    void aFileThatIsNotABackupIsNotRestored() throws IOException, SQLException {
        OfflineStore store = filled("parley.db", 1);
        Path recipes = folder.resolve("recipes.db");
        new OfflineStore(recipes).execute("CREATE TABLE recipes (name TEXT)");

        assertNotRestored(store, Files.writeString(folder.resolve("notes.txt"), "not a database".repeat(20)));
        assertNotRestored(store, recipes);
        assertNotRestored(store, store.path());
        assertNotRestored(store, folder.resolve("no-such-file.db"));
    }

    @Test
    void aRestoreDoesNotReplaceTheFileOfAnotherApplication() throws SQLException {
        Path backup = folder.resolve("backup.db");
        admin(filled("parley.db", 1)).backup(backup);
        var recipes = new OfflineStore(folder.resolve("recipes.db"));
        recipes.execute("CREATE TABLE recipes (name TEXT)");

        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> admin(recipes).restore(backup, false))
                .withMessageContaining("another application");
        recipes.execute("INSERT INTO recipes VALUES ('bread')");
    }

    @Test
    void aQueryReturnsRows() {
        var received = new ArrayList<List<@Nullable Object>>();
        admin(filled("parley.db", 3))
                .query(
                        new ReadOnlyQuery("SELECT code, seq, offerer_token, topic FROM sessions ORDER BY id"),
                        QUERY_MAX,
                        new ReadOnlyQuery.RowSink() {
                            @Override
                            public void columns(List<String> names) {
                                received.add(new ArrayList<>(names));
                            }

                            @Override
                            public boolean row(List<@Nullable Object> values) {
                                received.add(values);
                                return received.size() < 3;
                            }
                        });

        assertThat(received).hasSize(3);
        assertThat(received.get(0)).containsExactly("code", "seq", "offerer_token", "topic");
        assertThat(received.get(1)).startsWith("code-0", 1).endsWith((Object) null);
        assertThat(received.get(2)).startsWith("code-1", 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "WITH gone AS (SELECT id FROM sessions) DELETE FROM sessions WHERE id IN gone",
                "WITH one AS (SELECT 1) INSERT INTO sessions (namespace) SELECT 'x' FROM one",
                "SELECT load_extension('nothing')",
                "SELECT * FROM no_such_table",
            })
    void aQueryThatWouldChangeSomethingIsRejected(String sql) throws SQLException {
        OfflineStore store = filled("parley.db", 3);

        assertThatExceptionOfType(AdminRefused.class).isThrownBy(() -> query(store, sql, QUERY_MAX));
        assertThat(codes(store)).hasSize(3);
    }

    @Test
    void aQueryThatTakesTooLongIsInterrupted() {
        OfflineStore store = filled("parley.db", 1);

        assertThatExceptionOfType(AdminRefused.class)
                .isThrownBy(() -> query(
                        store,
                        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
                        Duration.ofMillis(50)))
                .withMessageContaining("50 ms");
    }

    private String assertNotRestored(OfflineStore store, Path file) throws SQLException {
        List<String> before = codes(store);
        String[] beside = folder.toFile().list();
        var refusal = new ArrayList<String>();
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> admin(store).restore(file, false))
                .satisfies(e -> assertThat(e).isInstanceOfAny(AdminRefused.class, InvalidConfiguration.class))
                .withMessageContaining(file.getFileName().toString())
                .satisfies(e -> refusal.add(String.valueOf(e.getMessage())));
        assertThat(codes(store)).isEqualTo(before);
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder(beside);
        return refusal.get(0);
    }

    private static boolean isReset(SqliteDatabase database, String bookmark) {
        return served(database.read(new ReadFrom.AtLeast(bookmark), node -> true))
                .reset();
    }

    private static void query(OfflineStore store, String sql, Duration timeMax) {
        admin(store).query(new ReadOnlyQuery(sql), timeMax, row -> true);
    }

    private static SqliteAdmin admin(OfflineStore store) {
        return store.admin(() -> NOW);
    }

    private OfflineStore store(String name) {
        return new OfflineStore(folder.resolve(name));
    }

    /** Creates a store with {@code sessions} sessions, each with an offer. */
    private OfflineStore filled(String name, int sessions) {
        OfflineStore store = store(name);
        admin(store).migrate();
        try (SqliteDatabase database = store.open()) {
            served(database.write(tx -> true)); // begins its history
        }
        try {
            store.execute("""
                    INSERT INTO sessions (namespace, code, tags, generation, seq, answered, offer_candidates, answer_candidates,
                                          created_at, expires_at)
                    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %d)
                    SELECT 'unknown', 'code-' || i, '', 1, 1, 0, 0, 0, %2$d, %2$d FROM n""".formatted(sessions, NOW.toEpochMilli()));
            store.execute("""
                    INSERT INTO events (session_id, seq, generation, kind, payload)
                    SELECT id, 1, 1, 1, CAST(hex(randomblob(500)) AS BLOB) FROM sessions""");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return store;
    }

    private static List<String> codes(OfflineStore store) throws SQLException {
        try (Connection connection = store.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT code FROM sessions ORDER BY id")) {
            var codes = new ArrayList<String>();
            while (rows.next()) {
                codes.add(rows.getString(1));
            }
            return codes;
        }
    }

    /** Overwrites pages in the middle of the file with zeros, as a failing disk does. */
    private static void damage(Path file) throws IOException {
        try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
            int pages = (int) (bytes.length() / 4096);
            bytes.seek(pages / 2 * 4096L);
            bytes.write(new byte[16 * 4096]);
        }
    }
}
