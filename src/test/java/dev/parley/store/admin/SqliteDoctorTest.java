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
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong with a store is found, and a damaged backup is not restored: for each "ok" there is a case in which it is not. */
class SqliteDoctorTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    /** What is done to a store, and how it is examined then. */
    private interface Case {
        List<Finding> examined(OfflineStore store) throws IOException, SQLException;
    }

    /** By the subject of the finding that is not ok in it. */
    private static final Map<String, Case> CASES = new TreeMap<>(Map.of(
            "server", SqliteDoctorTest::deletedUnderItsServer,
            "rights", SqliteDoctorTest::readableByOthers,
            "schema", SqliteDoctorTest::changedByHand,
            "pages", SqliteDoctorTest::withAnEmptyPage,
            "encryption", SqliteDoctorTest::withoutItsKey,
            "rows", SqliteDoctorTest::withAFlippedBit,
            "disk", SqliteDoctorTest::largerThanWhatIsFree,
            "room", SqliteDoctorTest::full,
            "log", SqliteDoctorTest::withALongLog,
            "clock", SqliteDoctorTest::ofTomorrow));

    @TempDir
    Path folder;

    static Set<String> subjects() {
        return CASES.keySet();
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void whatIsWrongIsFoundWithWhatToDo(String subject) throws IOException, SQLException {
        OfflineStore store = store("parley.db", EncryptionKeys.EMPTY);
        assertThat(level(store.admin(() -> NOW).examine(), subject)).isEqualTo(Level.OK);

        List<Finding> findings = Objects.requireNonNull(CASES.get(subject)).examined(store);

        assertThat(level(findings, subject)).as("%s", findings).isGreaterThan(Level.OK);
        assertThat(findings)
                .filteredOn(finding -> finding.level() != Level.OK)
                .allSatisfy(finding -> assertThat(finding.advice()).isNotBlank());
    }

    @Test
    void eachOkHasACaseInWhichItIsNot() {
        List<Finding> findings =
                store("parley.db", EncryptionKeys.EMPTY).admin(() -> NOW).examine();

        assertThat(findings).allSatisfy(finding -> assertThat(finding.level()).isEqualTo(Level.OK));
        assertThat(new TreeSet<>(findings.stream().map(Finding::subject).toList()))
                .isEqualTo(CASES.keySet());
    }

    @Test
    void aDamagedRowIsNamedByItsPlace() throws SQLException {
        OfflineStore store = store("parley.db", EncryptionKeys.EMPTY);
        flipABit(store, "two");

        assertThat(found(store.admin(() -> NOW), "rows"))
                .contains("3 live sessions read, 1 damaged", "event 1 of the session with the id 2");
        assertThat(found(store.admin(() -> NOW.plus(Duration.ofHours(2))), "rows"))
                .as("expired rows are read by nobody")
                .contains("0 live sessions read, none damaged");
    }

    @Test
    void aChangedSessionAndAMissingEventAreFound() throws SQLException {
        OfflineStore store = store("parley.db", EncryptionKeys.EMPTY);
        execute(store, "UPDATE sessions SET topic = 'another' WHERE code = 'one'");
        execute(store, "DELETE FROM events WHERE session_id = 2");

        assertThat(found(store.admin(() -> NOW), "rows")).contains("3 live sessions read, 2 damaged");
    }

    @Test
    void keysAreJudgedAsAServerJudgesThem() {
        OfflineStore store = store("parley.db", Keys.ring("k"));

        assertThat(level(examined(store, Keys.ring("k")), "encryption")).isEqualTo(Level.OK);
        assertThat(level(examined(store, Keys.ring("k")), "rows")).isEqualTo(Level.OK);
        for (EncryptionKeys wrong : List.of(
                EncryptionKeys.EMPTY, Keys.ring("another"), EncryptionKeys.parse(List.of(Keys.otherSetting("k"))))) {
            assertThat(level(examined(store, wrong), "encryption")).isEqualTo(Level.FAULT);
        }
    }

    @Test
    void aSealedRowThatWasChangedIsFound() throws SQLException {
        OfflineStore store = store("parley.db", Keys.ring("k"));
        execute(
                store,
                "UPDATE events SET payload = (SELECT payload FROM events WHERE session_id = 2), checksum = NULL"
                        + " WHERE session_id = 1");
        execute(store, "UPDATE sessions SET checksum = NULL WHERE id = 1");

        assertThat(level(examined(store, Keys.ring("k")), "rows")).isEqualTo(Level.FAULT);
    }

    @Test
    void ofAnOlderSchemaItIsSaidThatAMigrationIsDue() {
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
    void aStoreThatAnotherProgramLocksIsRefusedForTheMomentOnly() throws SQLException {
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
    void aBackupWithADamagedRowIsRestoredByForceOnly() throws SQLException {
        OfflineStore damaged = store("damaged.db", EncryptionKeys.EMPTY);
        flipABit(damaged, "two");
        Path backup = folder.resolve("backup.db");
        damaged.admin(() -> NOW).backup(backup, (step, part) -> {});
        OfflineStore store = new OfflineStore(folder.resolve("parley.db"));

        assertThatExceptionOfType(AdminRefused.class)
                .isThrownBy(() -> store.admin(() -> NOW).restore(backup, false, (step, part) -> {}))
                .withMessageContainingAll(
                        "1 of its 3 sessions", "event 1 of the session with the id 2", "--force", backup.toString());
        assertThat(store.path()).doesNotExist();

        StoreAdmin.Restored restored = store.admin(() -> NOW).restore(backup, true, (step, part) -> {});
        assertThat(restored.damaged()).isEqualTo(1);
        assertThat(restored.contents().sessions()).isEqualTo(3);
    }

    @Test
    void aBackupIsRestoredWithTheKeyThatOpensItOnly() {
        OfflineStore sealed = store("sealed.db", Keys.ring("k"));
        Path backup = folder.resolve("backup.db");
        sealed.admin(() -> NOW).backup(backup, (step, part) -> {});
        OfflineStore store = new OfflineStore(folder.resolve("parley.db"));

        for (EncryptionKeys wrong : List.of(EncryptionKeys.EMPTY, Keys.ring("another"))) {
            assertThatExceptionOfType(AdminRefused.class)
                    .isThrownBy(() -> store.admin(() -> NOW, wrong).restore(backup, true, (step, part) -> {}))
                    .withMessageContainingAll("parley.encryption.keys", "\"k\"");
            assertThat(store.path()).doesNotExist();
        }
        assertThat(store.admin(() -> NOW, Keys.ring("k"))
                        .restore(backup, false, (step, part) -> {})
                        .damaged())
                .isZero();
    }

    @Test
    void aBackupOfAnOlderVersionIsCheckedAndStaysAsItIs() {
        OfflineStore old = new OfflineStore(folder.resolve("old.db"));
        old.migrateTo("5");
        Path backup = folder.resolve("backup.db");
        old.admin(() -> NOW).backup(backup, (step, part) -> {});
        OfflineStore store = new OfflineStore(folder.resolve("parley.db"));

        store.admin(() -> NOW).restore(backup, false, (step, part) -> {});

        assertThat(level(store.admin(() -> NOW).examine(), "schema")).isEqualTo(Level.WARNING);
        assertThat(folder.toFile().list((at, name) -> name.contains("restoring")))
                .isEmpty();
    }

    private static List<Finding> deletedUnderItsServer(OfflineStore store) throws IOException {
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
        execute(store, "UPDATE flyway_schema_history SET checksum = checksum + 1");
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
        execute(store, "DELETE FROM sessions");
        try (SqliteDatabase server = store.openEncrypted()) {
            EncryptionCheck.codec(server, Keys.ring("k"), true, new SecureRandom(), NOW);
        }
        return store.admin(() -> NOW).examine();
    }

    private static List<Finding> withAFlippedBit(OfflineStore store) throws SQLException {
        flipABit(store, "one");
        return store.admin(() -> NOW).examine();
    }

    /** A sparse file takes no room. */
    private static List<Finding> largerThanWhatIsFree(OfflineStore store) throws IOException {
        try (var bytes = new RandomAccessFile(store.path().toFile(), "rw")) {
            bytes.setLength(Files.getFileStore(store.path()).getUsableSpace() + (1L << 30));
        }
        return store.admin(() -> NOW).examine();
    }

    private static List<Finding> full(OfflineStore store) throws IOException {
        return store.adminLimited(Files.size(store.path()), () -> NOW).examine();
    }

    /** The end is sparse: what a checkpoint that cannot finish leaves, and too large for a test to write. */
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
        execute(
                store,
                "UPDATE events SET payload = CAST(replace(CAST(payload AS TEXT), 'offer', 'offes') AS BLOB)"
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

    private static Level level(List<Finding> findings, String subject) {
        return finding(findings, subject).level();
    }

    private static String found(StoreAdmin admin, String subject) {
        return finding(admin.examine(), subject).found();
    }

    private static Finding finding(List<Finding> findings, String subject) {
        return findings.stream()
                .filter(finding -> finding.subject().equals(subject))
                .findFirst()
                .orElseThrow(() -> new AssertionError(subject + " is not in " + findings));
    }

    private static void execute(OfflineStore store, String sql) throws SQLException {
        try (Connection connection = store.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
