package dev.parley.store.sqlite;

import static dev.parley.contract.Awaited.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.parley.session.SignalingException.StoreUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files of the store that are deleted or replaced while a server runs: it acknowledges no write that would be lost. */
class FilePresenceTest {
    @TempDir
    Path folder;

    private OfflineStore store = new OfflineStore(Path.of(""));

    @SuppressWarnings("NullAway.Init")
    private SqliteDatabase database;

    @BeforeEach
    void open() throws IOException, SQLException {
        store = new OfflineStore(Files.createDirectory(folder.resolve("store")).resolve("parley.db"));
        store.migrate();
        TestTable.create(store);
        database = store.open();
        result(database.write(TestTable.set("before")));
        assertThat(TestTable.in(database)).containsExactly("before");
    }

    @AfterEach
    void close() {
        database.close();
    }

    private interface Change {
        void apply(Path store) throws IOException;
    }

    @SuppressWarnings("ImmutableEnumChecker") // a lambda that captures nothing does not change
    private enum Loss {
        DELETED(Files::delete),
        MOVED(store -> Files.move(store, store.resolveSibling("moved.db"))),
        REPLACED(Loss::replace),
        FOLDER_MOVED(store -> {
            Path folder = store.resolveSibling("");
            Files.move(folder, folder.resolveSibling("moved"));
        }),
        LOG_DELETED(store -> Files.delete(store.resolveSibling("parley.db-wal"))),
        LOG_REPLACED(store -> replace(store.resolveSibling("parley.db-wal"))),
        INDEX_DELETED(store -> Files.delete(store.resolveSibling("parley.db-shm")));

        private final Change change;

        Loss(Change change) {
            this.change = change;
        }

        private static void replace(Path file) throws IOException {
            Path copy = Files.copy(file, file.resolveSibling("copy"));
            Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** The writer checks before each transaction, so even the first write is rejected. */
    @ParameterizedTest
    @EnumSource(Loss.class)
    void noWriteIsAcknowledgedAfterALoss(Loss loss) throws IOException {
        loss.change.apply(store.path());

        for (String name : new String[] {"after", "later"}) {
            assertThatExceptionOfType(StoreUnavailable.class)
                    .isThrownBy(() -> result(database.write(TestTable.set(name))));
        }
        assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(() -> TestTable.in(database));
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void aLossIsDetectedWithoutWrites(Loss loss) throws IOException {
        loss.change.apply(store.path());

        await().until(() -> !database.nodes().get(0).serving());
        assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(() -> TestTable.in(database));
    }

    /** The log is looked up when the folder changes again. */
    @ParameterizedTest
    @EnumSource(Loss.class)
    void aLossIsDetectedInAFolderThatHadNotChangedForLong(Loss loss) throws IOException {
        SqliteFile file = SqliteFile.configured(store.path(), Duration.ofSeconds(1));
        var presence = new FilePresence(file, () -> Instant.now().plus(Duration.ofHours(1)));
        presence.require();

        loss.change.apply(store.path());

        assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(presence::require);
    }

    @Test
    void aFileConfiguredByALinkIsLostWithTheLink() throws IOException {
        database.close();
        Path link = Files.createSymbolicLink(folder.resolve("link.db"), store.path());
        database = new OfflineStore(link).open();
        result(database.write(TestTable.set("by the link")));

        Files.delete(link);
        Files.copy(store.path(), link);

        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> result(database.write(TestTable.set("after"))));
    }

    @Test
    void aFileMovedBackIsServedAgain() throws IOException {
        Path moved = folder.resolve("moved");
        Files.move(store.path().getParent(), moved);
        await().until(() -> !database.nodes().get(0).serving());

        Files.move(moved, store.path().getParent());

        await().until(() -> database.nodes().get(0).serving());
        result(database.write(TestTable.set("after")));
        assertThat(TestTable.in(database)).containsExactly("before", "after");
    }

    @ParameterizedTest
    @EnumSource(
            value = Loss.class,
            names = {"LOG_DELETED", "LOG_REPLACED", "INDEX_DELETED"})
    void aStopMovesCommitsIntoTheFile(Loss loss) throws IOException {
        loss.change.apply(store.path());
        await().until(() -> !database.nodes().get(0).serving());

        database.close();

        database = store.open();
        assertThat(TestTable.in(database)).containsExactly("before");
    }

    /** Commits are moved into the open file, so that their log is not applied to the file that replaced it. */
    @Test
    void theLogOfAReplacedFileIsEmptied() throws IOException, SQLException {
        var other = new OfflineStore(folder.resolve("other.db"));
        other.migrate();
        TestTable.create(other);
        Path kept = Files.createLink(folder.resolve("kept.db"), store.path());
        Files.move(other.path(), store.path(), StandardCopyOption.ATOMIC_MOVE);

        await().until(() -> Files.size(store.path().resolveSibling("parley.db-wal")) == 0);

        Path copy = Files.copy(kept, folder.resolve("copy.db"));
        try (SqliteDatabase moved = new OfflineStore(copy).open()) {
            assertThat(TestTable.in(moved)).containsExactly("before");
        }
    }
}
