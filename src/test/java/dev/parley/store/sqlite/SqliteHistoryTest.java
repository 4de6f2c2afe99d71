package dev.parley.store.sqlite;

import static dev.parley.contract.Awaited.result;
import static dev.parley.contract.Awaited.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.session.SignalingException.CodeTaken;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file counts its commits, and distinguishes its own bookmarks from others. */
class SqliteHistoryTest {
    @TempDir
    Path folder;

    private OfflineStore file;
    private SqliteDatabase database;

    @BeforeEach
    void open() throws SQLException {
        file = new OfflineStore(folder.resolve("parley.db"));
        database = file.open();
        TestTable.create(file);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void eachChangeAdvancesThePosition() {
        var words = new ArrayList<String>();
        for (int i = 1; i <= 20; i++) {
            words.add(served(database.write(TestTable.set("mark " + i))).bookmark());
            assertThat(TestTable.position(database)).isEqualTo(i);
        }

        assertThat(words).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aCommitWithoutAChangeDoesNotAdvanceThePosition() {
        String before = served(database.write(TestTable.setIfNew("mark"))).bookmark();

        Served<Boolean> unchanged = served(database.write(TestTable.setIfNew("mark")));
        CompletionStage<Served<String>> refused = database.write(tx -> {
            throw new CodeTaken();
        });
        CompletionStage<Served<String>> undone = database.write(tx -> {
            TestTable.set(tx, "undone");
            throw new CodeTaken();
        });

        assertThat(unchanged.result()).isFalse();
        assertThat(unchanged.bookmark()).isEqualTo(before);
        assertThatExceptionOfType(CodeTaken.class).isThrownBy(() -> result(refused));
        assertThatExceptionOfType(CodeTaken.class).isThrownBy(() -> result(undone));
        assertThat(TestTable.position(database)).isEqualTo(1);
        assertThat(look().bookmark()).isEqualTo(before);
    }

    @Test
    void theHistoryContinuesAfterReopening() {
        String before = served(database.write(TestTable.set("before"))).bookmark();
        database.close();
        database = file.open();

        assertThat(look().bookmark()).isEqualTo(before);
        assertThat(look(before).reset()).isFalse();
        assertThat(served(database.write(TestTable.set("after"))).bookmark()).isGreaterThan(before);
        assertThat(TestTable.position(database)).isEqualTo(2);
    }

    @Test
    void aBookmarkOfAnotherFileIsReset() {
        var other = new OfflineStore(folder.resolve("other.db"));
        String foreign;
        try (SqliteDatabase elsewhere = other.open()) {
            foreign = served(elsewhere.read(ReadFrom.PRIMARY, node -> true)).bookmark();
        }

        assertThat(look(foreign).reset()).isTrue();
        assertThat(look(look(foreign).bookmark()).reset()).isFalse();
    }

    @Test
    void aBookmarkBeyondThePositionIsReset() throws Exception {
        String reached = served(database.write(TestTable.set("reached"))).bookmark();
        database.close();
        var copy = new OfflineStore(folder.resolve("copy.db"));
        Files.copy(file.path(), copy.path());
        database = file.open();
        String beyond = served(database.write(TestTable.set("beyond"))).bookmark();

        try (SqliteDatabase older = copy.open()) {
            assertThat(served(older.read(new ReadFrom.AtLeast(reached), node -> true))
                            .reset())
                    .isFalse();
            assertThat(served(older.read(new ReadFrom.AtLeast(beyond), node -> true))
                            .reset())
                    .isTrue();
        }
    }

    private Served<Boolean> look() {
        return served(database.read(ReadFrom.PRIMARY, node -> true));
    }

    private Served<Boolean> look(String bookmark) {
        return served(database.read(new ReadFrom.AtLeast(bookmark), node -> true));
    }
}
