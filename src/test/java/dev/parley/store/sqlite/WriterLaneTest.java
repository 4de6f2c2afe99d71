package dev.parley.store.sqlite;

import static dev.parley.contract.Awaited.result;
import static dev.parley.contract.Awaited.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.parley.session.SignalingException.CodeTaken;
import dev.parley.session.SignalingException.StoreFull;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Group commit: each work gets its own result, a failure does not affect the others, and each commit advances the history. */
class WriterLaneTest {
    private static final int IO_ERROR = 10;
    private static final int DISK_FULL = 13;

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

    @ParameterizedTest
    @CsvSource({"100, 1", "8, 3"})
    void queuedWritesShareCommitsUpToTheMaximumOfABatch(int batchMax, int commits) {
        database.close();
        database = file.open(100, batchMax);
        long before = TestTable.position(database);
        List<CompletionStage<Served<String>>> works;
        try (var writer = new BlockedWriter(database)) {
            works = writes(20);
            writer.release();
        }

        assertThat(works.stream().map(work -> served(work).bookmark()).distinct())
                .hasSize(commits);
        assertThat(TestTable.position(database)).isEqualTo(before + commits);
        assertThat(TestTable.in(database)).hasSize(20).startsWith("mark 0", "mark 1", "mark 2");
    }

    private List<CompletionStage<Served<String>>> writes(int number) {
        return IntStream.range(0, number)
                .mapToObj(i -> database.write(TestTable.set("mark " + i)))
                .toList();
    }

    @Test
    void aCommitWithoutAChangeDoesNotAdvanceThePosition() {
        String before = served(database.write(TestTable.setIfNew("mark"))).bookmark();

        Served<Boolean> unchanged = served(database.write(TestTable.setIfNew("mark")));
        CompletionStage<Served<String>> refused = database.write(tx -> {
            throw new CodeTaken();
        });
        var undone = failing("undone", new CodeTaken());

        assertThat(unchanged.result()).isFalse();
        assertThat(unchanged.bookmark()).isEqualTo(before);
        assertThatExceptionOfType(CodeTaken.class).isThrownBy(() -> result(refused));
        assertThatExceptionOfType(CodeTaken.class).isThrownBy(() -> result(undone));
        assertThat(TestTable.position(database)).isEqualTo(1);
        assertThat(read(database, ReadFrom.PRIMARY).bookmark()).isEqualTo(before);
    }

    @Test
    void theHistoryContinuesAfterReopening() {
        String before = served(database.write(TestTable.set("before"))).bookmark();
        database.close();
        database = file.open();

        assertThat(read(database, ReadFrom.PRIMARY).bookmark()).isEqualTo(before);
        assertThat(read(database, new ReadFrom.AtLeast(before)).reset()).isFalse();
        assertThat(served(database.write(TestTable.set("after"))).bookmark()).isGreaterThan(before);
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
            assertThat(read(older, new ReadFrom.AtLeast(reached)).reset()).isFalse();
            assertThat(read(older, new ReadFrom.AtLeast(beyond)).reset()).isTrue();
        }
    }

    private static Served<Boolean> read(SqliteDatabase database, ReadFrom from) {
        return served(database.read(from, node -> true));
    }

    @Test
    void workThatFailsAfterAChangeIsRolledBackAndTheOthersAreCommitted() {
        var runs = new AtomicInteger();
        try (var writer = new BlockedWriter(database)) {
            var first = write("first", runs);
            var refused = failing("refused", new CodeTaken());
            CompletionStage<Served<String>> broken = database.write(tx -> {
                TestTable.set(tx, "broken");
                TestTable.set(tx, "broken");
                return "broken";
            });
            var faulty = failing("faulty", new ArithmeticException("a programming error"));
            var last = database.write(TestTable.set("last"));
            writer.release();

            assertThat(result(first)).isEqualTo("first");
            assertThatExceptionOfType(CodeTaken.class).isThrownBy(() -> result(refused));
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> result(broken));
            assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> result(faulty));
            assertThat(result(last)).isEqualTo("last");
        }
        assertThat(TestTable.in(database)).containsExactly("first", "last");
        assertThat(runs).as("runs, one more after each rollback").hasValue(4);
    }

    /** A write that counts how often it runs. */
    private CompletionStage<Served<String>> write(String mark, AtomicInteger runs) {
        return database.write(tx -> {
            runs.incrementAndGet();
            TestTable.set(tx, mark);
            return mark;
        });
    }

    /** A write that fails after a change. */
    private CompletionStage<Served<String>> failing(String mark, RuntimeException failure) {
        return database.write(tx -> {
            TestTable.set(tx, mark);
            throw failure;
        });
    }

    @Test
    void workIsRunAgainAfterARollback() {
        try (var writer = new BlockedWriter(database)) {
            var refused = failing("same", new CodeTaken());
            var after = database.write(TestTable.setIfNew("same"));
            writer.release();

            assertThatExceptionOfType(CodeTaken.class).isThrownBy(() -> result(refused));
            assertThat(result(after)).as("new").isTrue();
        }
        assertThat(TestTable.in(database)).containsExactly("same");
    }

    @Test
    void aRejectionWithoutAChangeRollsNothingBack() {
        var runs = new AtomicInteger();
        try (var writer = new BlockedWriter(database)) {
            var first = write("first", runs);
            CompletionStage<Served<String>> refused = database.write(tx -> {
                throw new CodeTaken();
            });
            CompletionStage<Served<String>> broken = database.write(tx -> {
                TestTable.set(tx, "first");
                return "never";
            });
            var last = database.write(TestTable.set("last"));
            writer.release();

            assertThatExceptionOfType(CodeTaken.class).isThrownBy(() -> result(refused));
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> result(broken));
            assertThat(served(first).bookmark()).isEqualTo(served(last).bookmark());
        }
        assertThat(TestTable.in(database)).containsExactly("first", "last");
        assertThat(runs).hasValue(1);
    }

    @Test
    void workSeesTheChangesOfEarlierWorkInTheBatch() {
        try (var writer = new BlockedWriter(database)) {
            var first = database.write(TestTable.setIfNew("same"));
            var second = database.write(TestTable.setIfNew("same"));
            writer.release();

            assertThat(result(first)).isTrue();
            assertThat(result(second)).isFalse();
        }
    }

    @Test
    void aFailureOfTheEngineFailsTheBatchAndTheNextOneSucceeds() {
        try (var writer = new BlockedWriter(database)) {
            var mate = database.write(TestTable.set("mate"));
            CompletionStage<Served<String>> failing = database.write(tx -> {
                throw new SQLException("disk I/O error", null, IO_ERROR);
            });
            writer.release();

            assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(() -> result(failing));
            assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(() -> result(mate));
        }
        assertThat(TestTable.in(database)).isEmpty();
        assertThat(result(database.write(TestTable.set("next")))).isEqualTo("next");
        assertThat(TestTable.in(database)).containsExactly("next");
    }

    @Test
    void aFullDiskIsReportedAndTheWriterRecovers() {
        CompletionStage<Served<String>> failing = database.write(tx -> {
            TestTable.set(tx, "too much");
            throw new SQLException("database or disk is full", null, DISK_FULL);
        });

        assertThatExceptionOfType(StoreFull.class).isThrownBy(() -> result(failing));
        assertThat(result(database.write(TestTable.set("next")))).isEqualTo("next");
        assertThat(TestTable.in(database)).containsExactly("next");
    }

    @Test
    void workBeyondTheQueueIsRejectedAndQueuedWorkIsCommitted() {
        database.close();
        database = file.open(2, 100);
        try (var writer = new BlockedWriter(database)) {
            var first = database.write(TestTable.set("first"));
            var second = database.write(TestTable.set("second"));
            var third = database.write(TestTable.set("third"));

            assertThatExceptionOfType(StoreUnavailable.class)
                    .isThrownBy(() -> result(third))
                    .satisfies(refusal ->
                            assertThat(refusal.retryAfter().orElseThrow()).isPositive());
            writer.release();
            assertThat(result(first)).isEqualTo("first");
            assertThat(result(second)).isEqualTo("second");
        }
        assertThat(TestTable.in(database)).containsExactly("first", "second");
        assertThat(result(database.write(TestTable.set("third")))).isEqualTo("third");
    }

    @Test
    void aWriteIsRejectedWhileAnotherProcessHoldsTheLockAndAReadIsNot() throws SQLException {
        result(database.write(TestTable.set("before")));
        try (Connection other = file.connect();
                var statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            for (int i = 0; i < 3; i++) {
                assertThatExceptionOfType(StoreUnavailable.class)
                        .isThrownBy(() -> result(database.write(TestTable.set("refused"))));
            }
            assertThat(TestTable.in(database)).containsExactly("before");
            statement.execute("COMMIT");
        }

        assertThat(result(database.write(TestTable.set("after")))).isEqualTo("after");
        assertThat(TestTable.in(database)).containsExactly("before", "after");
    }

    @Test
    void closingFinishesQueuedWorkAndRejectsNewWork() {
        List<CompletionStage<Served<String>>> waiting;
        CompletableFuture<Void> closed;
        try (var writer = new BlockedWriter(database)) {
            waiting = writes(5);
            closed = closing();
            assertThatExceptionOfType(StoreUnavailable.class)
                    .isThrownBy(() -> result(database.write(TestTable.set("late"))));
            assertThat(closed).isNotDone();
            writer.release();
        }
        closed.join();

        waiting.forEach(work -> result(work));
        database = file.open();
        assertThat(TestTable.in(database)).containsExactly("mark 0", "mark 1", "mark 2", "mark 3", "mark 4");
    }

    /** Closes the database on another thread; returns when that thread waits for the writer. */
    private CompletableFuture<Void> closing() {
        var closed = new CompletableFuture<Void>();
        var thread = new Thread(() -> {
            database.close();
            closed.complete(null);
        });
        thread.start();
        await().until(() -> thread.getState() == Thread.State.WAITING);
        return closed;
    }

    @Test
    void everyWriteDuringCloseCompletes() throws InterruptedException {
        for (int round = 0; round < 10; round++) {
            database.close();
            database = file.open();
            var stages = new ConcurrentLinkedQueue<CompletableFuture<?>>();
            List<Thread> writers = IntStream.range(0, 4)
                    .mapToObj(i -> new Thread(() -> writeUntilRefused(stages)))
                    .toList();
            writers.forEach(Thread::start);
            await().pollInterval(Duration.ofMillis(1)).until(() -> !stages.isEmpty());
            database.close();
            for (Thread writer : writers) {
                writer.join();
            }

            assertThat(stages).allMatch(CompletableFuture::isDone);
        }
    }

    private void writeUntilRefused(Queue<CompletableFuture<?>> stages) {
        CompletableFuture<?> stage;
        do {
            stage = database.write(TestTable.setIfNew("same")).toCompletableFuture();
            stages.add(stage);
        } while (!stage.isCompletedExceptionally());
    }
}
