package dev.parley.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that a crash may leave is accepted; one that has lost commits in its middle is damaged. */
class WalCheckTest {
    private static final int HEADER = 32;
    private static final int FRAME = 24 + 4_096;
    private static final int COMMITS = 20;
    private static final int FRAMES_OF_THE_LAST_COMMITS = 12;
    private static final int CHECKS_OF_A_SERVED_LOG = 1_000;

    @TempDir
    Path folder;

    @Test
    void aWholeLogIsAccepted() throws SQLException, IOException {
        assertThat(WalCheck.damage(log(0))).isEmpty();
    }

    @Test
    void aMissingLogIsAccepted() throws IOException {
        assertThat(WalCheck.damage(folder.resolve("none-wal"))).isEmpty();
    }

    /** A log that starts over overwrites its earlier frames; those after its end are not damage. */
    @Test
    void framesOfAnEarlierLogAreNotDamage() throws SQLException, IOException {
        assertThat(WalCheck.damage(log(5))).isEmpty();
    }

    @Test
    void aTruncatedLogIsAccepted() throws SQLException, IOException {
        Path log = log(0);
        byte[] whole = Files.readAllBytes(log);
        for (int length = 0; length < whole.length; length += 777) {
            Files.write(log, Arrays.copyOf(whole, length));
            assertThat(WalCheck.damage(log)).as("%d bytes", length).isEmpty();
        }
    }

    @Test
    void anIncompleteLastCommitIsAccepted() throws SQLException, IOException {
        Path log = log(0);
        flip(log, (int) Files.size(log) - 100);

        assertThat(WalCheck.damage(log)).isEmpty();
    }

    /** Found by a power cut that lost one write to a log that had started over. */
    @Test
    void aLostFrameOfTheLastCommitIsAccepted() throws SQLException, IOException {
        Path earlier = folder.resolve("earlier-wal");
        Path store = folder.resolve("twice.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("CREATE TABLE t (text TEXT)");
            commit(statement, COMMITS);
            Path log = folder.resolve("twice.db-wal");
            Files.copy(log, earlier);
            statement.execute("PRAGMA wal_checkpoint(RESTART)");
            commit(statement, 3);
            int first = framesOf(log);
            statement.execute("INSERT INTO t VALUES (hex(zeroblob(20000)))");
            byte[] now = Files.readAllBytes(log);
            byte[] then = Files.readAllBytes(earlier);
            for (int frame = first; frame < first + 8; frame++) {
                byte[] dropped = now.clone();
                System.arraycopy(then, HEADER + frame * FRAME, dropped, HEADER + frame * FRAME, FRAME);
                Path left = Files.write(folder.resolve("left-wal"), dropped);
                assertThat(WalCheck.damage(left)).as("frame %d", frame).isEmpty();
            }
        }
    }

    @Test
    void aFlippedBitBeforeOtherCommitsIsDamage() throws SQLException, IOException {
        Path log = log(0);
        byte[] whole = Files.readAllBytes(log);
        int frames = (whole.length - HEADER) / FRAME;
        for (int frame = 0; frame < frames - FRAMES_OF_THE_LAST_COMMITS; frame++) {
            for (int at : new int[] {2, 9, 14, 17, 22, 24, 1_000, FRAME - 1}) {
                Files.write(log, whole);
                flip(log, HEADER + frame * FRAME + at);
                assertThat(WalCheck.damage(log))
                        .as("byte %d of frame %d", at, frame)
                        .isPresent();
            }
        }
    }

    @Test
    void aFlippedBitInTheHeaderIsDamage() throws SQLException, IOException {
        Path log = log(0);
        byte[] whole = Files.readAllBytes(log);
        for (int at = 0; at < HEADER; at++) {
            Files.write(log, whole);
            flip(log, at);
            assertThat(WalCheck.damage(log)).as("byte %d", at).isPresent();
        }
    }

    /** Found by commands beside a server that read the log while it was written. */
    @Test
    void aLogBeingWrittenIsAccepted() throws SQLException, IOException {
        Path store = folder.resolve("served.db");
        Path log = folder.resolve("served.db-wal");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = OFF");
            statement.execute("PRAGMA wal_autocheckpoint = 300");
            statement.execute("CREATE TABLE t (text TEXT)");
            var done = new AtomicBoolean();
            CompletableFuture<Void> server = CompletableFuture.runAsync(() -> {
                try {
                    while (!done.get()) {
                        commit(statement, COMMITS);
                    }
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            try {
                for (int check = 0; check < CHECKS_OF_A_SERVED_LOG; check++) {
                    assertThat(WalCheck.damage(log)).isEmpty();
                }
            } finally {
                done.set(true);
                server.join();
            }
        }
    }

    /**
     * A log of commits of one or more frames, as a killed process leaves it.
     *
     * @param again number of commits after the log has started over; 0 if it has not
     */
    private Path log(int again) throws SQLException, IOException {
        Path store = folder.resolve("store.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("CREATE TABLE t (text TEXT)");
            commit(statement, COMMITS);
            if (again > 0) {
                statement.execute("PRAGMA wal_checkpoint(RESTART)");
                commit(statement, again);
            }
            return Files.copy(folder.resolve("store.db-wal"), folder.resolve("left-wal"));
        }
    }

    /** Number of frames of {@code log} with the salts of its header. */
    private static int framesOf(Path log) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(log));
        int frames = 0;
        while (HEADER + (frames + 1) * FRAME <= bytes.limit()
                && bytes.getLong(HEADER + frames * FRAME + 8) == bytes.getLong(16)) {
            frames++;
        }
        return frames;
    }

    private static void commit(Statement statement, int commits) throws SQLException {
        for (int i = 0; i < commits; i++) {
            statement.execute("INSERT INTO t VALUES (hex(zeroblob(" + i % 3 * 3_000 + ")))");
        }
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 4;
        Files.write(file, bytes);
    }
}
