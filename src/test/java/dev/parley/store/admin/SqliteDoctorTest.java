package dev.parley.store.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.config.InvalidConfiguration;
import dev.parley.contract.StoredSessions;
import dev.parley.store.admin.Finding.Level;
import dev.parley.store.crypto.EncryptionKeys;
import dev.parley.store.crypto.Keys;
import dev.parley.store.sql.EncryptionCheck;
import dev.parley.store.sqlite.OfflineStore;
import dev.parley.store.sqlite.SqliteDatabase;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An examination of a file reports each failure, and a restore rejects a damaged backup. */
class SqliteDoctorTest extends DoctorContract {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    /** Breaks a store and examines it. */
    private interface Case {
        List<Finding> examine(OfflineStore store) throws IOException, SQLException;
    }

    /** By the subject of the finding that is not OK. */
    private static final Map<String, Case> CASES = new TreeMap<>(Map.of(
            "server", SqliteDoctorTest::deletedWhileServed,
            "rights", SqliteDoctorTest::readableByOthers,
            "schema", SqliteDoctorTest::changedByHand,
            "pages", SqliteDoctorTest::withAnEmptyPage,
            "encryption", SqliteDoctorTest::withoutItsKey,
            "rows", SqliteDoctorTest::withAFlippedBit,
            "disk", SqliteDoctorTest::largerThanFreeSpace,
            "room", SqliteDoctorTest::full,
            "log", SqliteDoctorTest::withALongLog,
            "clock", SqliteDoctorTest::ofTomorrow));

    @TempDir
    Path folder;

    static Set<String> subjects() {
        return CASES.keySet();
    }

    @Override
    List<Finding> examineHealthy() {
        return store("healthy.db", EncryptionKeys.EMPTY).admin(() -> NOW).examine();
    }

    @Override
    List<Finding> examineBroken(String subject) throws IOException, SQLException {
        return Objects.requireNonNull(CASES.get(subject)).examine(store("parley.db", EncryptionKeys.EMPTY));
    }

    @Test
    @Override
    void everyCheckHasACaseInWhichItFails() {
        assertCovered(CASES.keySet());
    }

    @Test
    void aDamagedRowIsNamed() throws SQLException {
        OfflineStore store = store("parley.db", EncryptionKeys.EMPTY);
        flipABit(store, "two");

        assertThat(found(store.admin(() -> NOW), "rows"))
                .contains("3 live sessions read, 1 damaged", "event 1 of the session with the id 2");
        assertThat(found(store.admin(() -> NOW.plus(Duration.ofHours(2))), "rows"))
                .as("expired rows are not read")
                .contains("0 live sessions read, none damaged");
    }

    @Test
    void aChangedSessionAndAMissingEventAreReported() throws SQLException {
        OfflineStore store = store("parley.db", EncryptionKeys.EMPTY);
        store.execute("UPDATE sessions SET topic = 'another' WHERE code = 'one'");
        store.execute("DELETE FROM events WHERE session_id = 2");

        assertThat(found(store.admin(() -> NOW), "rows")).contains("3 live sessions read, 2 damaged");
    }

    @Test
    void keysAreCheckedAsByAServer() {
        OfflineStore store = store("parley.db", Keys.ring("k"));

        assertThat(level(examined(store, Keys.ring("k")), "encryption")).isEqualTo(Level.OK);
        assertThat(level(examined(store, Keys.ring("k")), "rows")).isEqualTo(Level.OK);
        for (EncryptionKeys wrong : List.of(
                EncryptionKeys.EMPTY, Keys.ring("another"), EncryptionKeys.parse(List.of(Keys.otherSetting("k"))))) {
            assertThat(level(examined(store, wrong), "encryption")).isEqualTo(Level.FAULT);
        }
    }

    @Test
    void aChangedEncryptedRowIsReported() throws SQLException {
        OfflineStore store = store("parley.db", Keys.ring("k"));
        store.execute("UPDATE events SET payload = (SELECT payload FROM events WHERE session_id = 2), checksum = NULL"
                + " WHERE session_id = 1");
        store.execute("UPDATE sessions SET checksum = NULL WHERE id = 1");

        assertThat(level(examined(store, Keys.ring("k")), "rows")).isEqualTo(Level.FAULT);
    }

    @Test
    void anOlderSchemaNeedsAMigration() {
        OfflineStore store = new OfflineStore(folder.resolve("old.db"));
        store.migrateTo("5");

        List<Finding> findings = store.admin(() -> NOW).examine();

        assertThat(level(findings, "schema")).isEqualTo(Level.WARNING);
        assertThat(findings).extracting(Finding::subject).doesNotContain("rows");
        assertThat(level(store.admin(() -> NOW).examine(), "schema"))
                .as("nothing was migrated")
                .isEqualTo(Level.WARNING);
    }

    @Test
    void aStoreLockedByAnotherProgramIsATemporaryFailure() throws SQLException {
        OfflineStore store = store("parley.db", EncryptionKeys.EMPTY);

        try (Connection shell = store.connect();
                var statement = shell.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");
            assertThatExceptionOfType(InvalidConfiguration.class)
                    .isThrownBy(store::open)
                    .satisfies(refused -> assertThat(refused.isTemporary())
                            .as("%s", refused.getMessage())
                            .isTrue());
        }
        try (SqliteDatabase server = store.open()) {
            assertThat(server.nodes()).isNotEmpty();
        }
    }

    @Test
    void aBackupWithADamagedRowIsRestoredOnlyByForce() throws SQLException {
        OfflineStore damaged = store("damaged.db", EncryptionKeys.EMPTY);
        flipABit(damaged, "two");
        Path backup = folder.resolve("backup.db");
        damaged.admin(() -> NOW).backup(backup);
        OfflineStore store = new OfflineStore(folder.resolve("parley.db"));

        assertThatExceptionOfType(AdminRefused.class)
                .isThrownBy(() -> store.admin(() -> NOW).restore(backup, false))
                .withMessageContainingAll(
                        "1 of its 3 sessions", "event 1 of the session with the id 2", "--force", backup.toString());
        assertThat(store.path()).doesNotExist();

        StoreAdmin.Restored restored = store.admin(() -> NOW).restore(backup, true);
        assertThat(restored.damaged()).isEqualTo(1);
        assertThat(restored.contents().sessions()).isEqualTo(3);
    }

    @Test
    void aBackupIsRestoredOnlyWithItsKey() {
        OfflineStore sealed = store("sealed.db", Keys.ring("k"));
        Path backup = folder.resolve("backup.db");
        sealed.admin(() -> NOW).backup(backup);
        OfflineStore store = new OfflineStore(folder.resolve("parley.db"));

        for (EncryptionKeys wrong : List.of(EncryptionKeys.EMPTY, Keys.ring("another"))) {
            assertThatExceptionOfType(AdminRefused.class)
                    .isThrownBy(() -> store.admin(() -> NOW, wrong).restore(backup, true))
                    .withMessageContainingAll("parley.encryption.keys", "\"k\"");
            assertThat(store.path()).doesNotExist();
        }
        assertThat(store.admin(() -> NOW, Keys.ring("k")).restore(backup, false).damaged())
                .isZero();
    }

    @Test
    void aBackupOfAnOlderVersionIsRestoredUnmigrated() {
        OfflineStore old = new OfflineStore(folder.resolve("old.db"));
        old.migrateTo("5");
        Path backup = folder.resolve("backup.db");
        old.admin(() -> NOW).backup(backup);
        OfflineStore store = new OfflineStore(folder.resolve("parley.db"));

        store.admin(() -> NOW).restore(backup, false);

        assertThat(level(store.admin(() -> NOW).examine(), "schema")).isEqualTo(Level.WARNING);
        assertThat(folder.toFile().list((at, name) -> name.contains("restoring")))
                .isEmpty();
    }

    private static List<Finding> deletedWhileServed(OfflineStore store) throws IOException {
        try (SqliteDatabase server = store.open()) {
            assertThat(server.nodes()).isNotEmpty();
            Files.delete(store.path());
            return store.admin(() -> NOW).examine();
        }
    }

    private static List<Finding> readableByOthers(OfflineStore store) throws IOException {
        Files.setPosixFilePermissions(store.path(), PosixFilePermissions.fromString("rw-r--r--"));
        return store.admin(() -> NOW).examine();
    }

    private static List<Finding> changedByHand(OfflineStore store) throws SQLException {
        store.execute("UPDATE flyway_schema_history SET checksum = checksum + 1");
        return store.admin(() -> NOW).examine();
    }

    private static List<Finding> withAnEmptyPage(OfflineStore store) throws IOException, SQLException {
        long page;
        try (Connection connection = store.connect();
                var statement = connection.createStatement();
                var root = statement.executeQuery(
                        "SELECT rootpage FROM sqlite_master WHERE name = 'sessions_by_expiry'")) {
            page = root.getLong(1);
        }
        try (var bytes = new RandomAccessFile(store.path().toFile(), "rw")) {
            bytes.seek((page - 1) * 4096);
            bytes.write(new byte[4096]);
        }
        return store.admin(() -> NOW).examine();
    }

    private static List<Finding> withoutItsKey(OfflineStore store) throws SQLException {
        store.execute("DELETE FROM sessions");
        try (SqliteDatabase server = store.openEncrypted()) {
            EncryptionCheck.codec(server, Keys.ring("k"), true, new SecureRandom(), NOW);
        }
        return store.admin(() -> NOW).examine();
    }

    private static List<Finding> withAFlippedBit(OfflineStore store) throws SQLException {
        flipABit(store, "one");
        return store.admin(() -> NOW).examine();
    }

    /** A sparse file uses no space. */
    private static List<Finding> largerThanFreeSpace(OfflineStore store) throws IOException {
        try (var bytes = new RandomAccessFile(store.path().toFile(), "rw")) {
            bytes.setLength(Files.getFileStore(store.path()).getUsableSpace() + (1L << 30));
        }
        return store.admin(() -> NOW).examine();
    }

    private static List<Finding> full(OfflineStore store) throws IOException {
        return store.adminLimited(Files.size(store.path()), () -> NOW).examine();
    }

    /** Sparse, because a log that a blocked checkpoint leaves is too large to write in a test. */
    private static List<Finding> withALongLog(OfflineStore store) throws IOException, SQLException {
        try (Connection reader = store.connect();
                var statement = reader.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("UPDATE sessions SET answered = answered");
            try (var log = new RandomAccessFile(store.path() + "-wal", "rw")) {
                log.setLength(300L << 20);
            }
            return store.admin(() -> NOW).examine();
        }
    }

    private static List<Finding> ofTomorrow(OfflineStore store) {
        try (SqliteDatabase server = store.open()) {
            StoredSessions.open(server, NOW.plus(Duration.ofDays(1)), "of-tomorrow");
        }
        return store.admin(() -> NOW).examine();
    }

    private static void flipABit(OfflineStore store, String code) throws SQLException {
        store.execute("UPDATE events SET payload = CAST(replace(CAST(payload AS TEXT), 'offer', 'offes') AS BLOB)"
                + " WHERE session_id = (SELECT id FROM sessions WHERE code = '" + code + "')");
    }

    private OfflineStore store(String name, EncryptionKeys keys) {
        var store = new OfflineStore(folder.resolve(name));
        try (SqliteDatabase server = keys.isEmpty() ? store.open() : store.openEncrypted()) {
            StoredSessions.open(server, keys, NOW, "one", "two", "three");
        }
        return store;
    }

    private static List<Finding> examined(OfflineStore store, EncryptionKeys keys) {
        return store.admin(() -> NOW, keys).examine();
    }

    private static String found(StoreAdmin admin, String subject) {
        return finding(admin.examine(), subject).found();
    }
}
