package dev.parley.campaigns.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.CampaignSize;
import dev.parley.TestSeed;
import dev.parley.campaigns.faults.VolatileDisk.Loss;
import dev.parley.packaged.AcknowledgedSession;
import dev.parley.packaged.ConcurrentPeers;
import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No acknowledged write is lost in a power cut. The disk writes of the packaged service under load are recorded. In each round the power
 * is cut at a random moment of the recording, a new process serves what remains on the disk, and it must have every write acknowledged
 * by that moment. The controls show that the test can fail: a disk that ignores syncs, and a service whose commits do not wait for the
 * disk, lose writes.
 */
@Tag("campaign")
class PowerCutIT {
    private static final int ROUNDS = CampaignSize.of("parley.powercut.rounds", 4);
    private static final int PEERS = 6;
    private static final int ACKNOWLEDGED = 800;
    private static final List<Loss> LOSSES = List.of(Loss.values());
    private static final String STORE = "parley.db";

    private final TestSeed seed = TestSeed.of(PowerCutIT.class);
    private final Random random = seed.random();

    @TempDir
    Path folder;

    @Test
    void acknowledgedWritesSurviveAPowerCutAtAnyMoment() throws IOException, SQLException {
        Recording recording = record(ParleyJar.in(folder));
        assertComplete(recording);
        List<Long> moments = random.longs(ROUNDS, recording.begin(), recording.end() + 1)
                .sorted()
                .boxed()
                .toList();
        var disk = VolatileDisk.of(recording.folder());
        long now = 0;
        int acknowledged = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long moment = moments.get(round);
            disk.apply(recording.entries(), now, moment);
            now = moment;
            Loss loss = LOSSES.get(round % LOSSES.size());
            acknowledged += survivors(disk, loss, recording, moment);
        }
        System.out.printf(
                "PowerCutIT: %d power cuts, %d sessions held to what was acknowledged, 0 lost%n", ROUNDS, acknowledged);
    }

    /** Serves the remains of a power cut, and fails if an acknowledged write is missing. Returns the number of sessions. */
    private int survivors(VolatileDisk disk, Loss loss, Recording recording, long moment)
            throws IOException, SQLException {
        Path left = folder.resolve("left-" + moment + "-" + loss);
        disk.cut(loss, random, left);
        try (RunningParley parley = serving(left).start()) {
            for (AcknowledgedSession session : recording.sessions()) {
                session.assertKeptBy(parley.client(), moment);
            }
            assertThat(parley.stop().code()).isIn(0, 143);
        }
        assertThat(ask(left.resolve(STORE), "PRAGMA integrity_check")).isEqualTo("ok");
        return recording.sessions().size();
    }

    /** Without a loss the recorded disk equals the real one, so the recording is complete. */
    private void assertComplete(Recording recording) throws IOException {
        var disk = VolatileDisk.of(recording.folder());
        disk.apply(recording.entries(), 0, recording.end());
        Path whole = folder.resolve("whole");
        disk.cut(Loss.NOTHING, random, whole);
        for (String file : List.of(STORE, STORE + "-wal")) {
            assertThat(whole.resolve(file))
                    .as(file)
                    .hasSameBinaryContentAs(recording.folder().resolve(file));
        }
    }

    @Tag("slow")
    @Test
    void aDiskThatIgnoresSyncLosesWrites() throws IOException {
        Recording recording = record(ParleyJar.in(folder));
        var disk = VolatileDisk.of(recording.folder());
        disk.apply(recording.entries(), 0, recording.begin());
        disk.ignoreSyncs();
        disk.apply(recording.entries(), recording.begin(), recording.end());
        assertLoses(disk, recording);
    }

    @Tag("slow")
    @Test
    void aCommitWithoutSyncLosesWrites() throws IOException {
        ParleyJar.assumeJar(); // the fault is a changed class file
        Recording recording = record(ParleyJar.in(folder).running(UnsyncedJar.copiedTo(folder.resolve("relaxed"))));
        var disk = VolatileDisk.of(recording.folder());
        disk.apply(recording.entries(), 0, recording.end());
        assertLoses(disk, recording);
    }

    private void assertLoses(VolatileDisk disk, Recording recording) throws IOException {
        Path left = folder.resolve("left");
        disk.cut(Loss.EVERYTHING, random, left);
        try (RunningParley parley = serving(left).start()) {
            long losers = recording.sessions().stream()
                    .filter(session -> loses(session, parley, recording.end()))
                    .count();
            System.out.printf(
                    "PowerCutIT: the control lost from %d of %d sessions%n",
                    losers, recording.sessions().size());
            assertThat(losers).isPositive();
        }
    }

    private static boolean loses(AcknowledgedSession session, RunningParley parley, long moment) {
        try {
            session.assertKeptBy(parley.client(), moment);
            return false;
        } catch (AssertionError e) {
            return true;
        }
    }

    /** A backup is complete and durable before it gets its name, and the name changes atomically. */
    @Test
    void aPowerCutDuringABackupLeavesTheOldOrTheNewBackup() throws IOException, SQLException {
        Path store = Files.createDirectory(folder.resolve("store"));
        Path backups = Files.createDirectory(folder.resolve("backups"));
        Path backup = backups.resolve("parley.db");
        ParleyJar jar = serving(store);
        assertThat(jar.run("migrate").code()).isZero();
        assertThat(jar.run("backup", backup.toString()).code()).isZero();
        byte[] old = Files.readAllBytes(backup);
        ask(store.resolve(STORE), """
                INSERT INTO sessions (namespace, code, tags, generation, seq, answered, offer_candidates, answer_candidates,
                                      created_at, expires_at)
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
                SELECT 'unknown', hex(randomblob(8)), '', 1, 1, 0, 0, 0, 1, 1 FROM n RETURNING id""");
        var disk = VolatileDisk.holding(backups);
        DiskRecorder recorder = DiskRecorder.of(backups, folder);
        assertThat(recorder.on(jar).run("backup", backup.toString()).code()).isZero();
        byte[] young = Files.readAllBytes(backup);
        assertThat(young).isNotEqualTo(old);

        int cuts = 0;
        int leftOld = 0;
        long now = 0;
        for (DiskEntry entry : recorder.entries()) {
            disk.apply(List.of(entry), now, entry.end());
            now = entry.end();
            for (Loss loss : Loss.values()) {
                Path left = folder.resolve("backups-" + cuts++);
                disk.cut(loss, random, left);
                byte[] found = Files.readAllBytes(left.resolve("parley.db"));
                if (Arrays.equals(found, old)) {
                    leftOld++;
                } else {
                    assertThat(found)
                            .as("after %s of %s with the loss of %s", entry.kind(), entry.path(), loss)
                            .isEqualTo(young);
                }
            }
        }
        assertThat(leftOld).isBetween(1, cuts - 1);
        Path end = folder.resolve("backups-end");
        disk.cut(Loss.EVERYTHING, random, end);
        assertThat(end.resolve("parley.db")).hasBinaryContent(young);
        System.out.printf(
                "PowerCutIT: %d power cuts during a backup, %d left the old one, the others the new one%n",
                cuts, leftOld);
    }

    private Recording record(ParleyJar jar) throws IOException {
        Path store = Files.createDirectory(folder.resolve("recorded"));
        DiskRecorder recorder = DiskRecorder.of(store, folder);
        try (RunningParley parley = recorder.on(jar)
                .with("PARLEY_STORE_URL", "sqlite:" + store.resolve(STORE))
                .start()) {
            long begin = recorder.moment();
            try (ConcurrentPeers peers = ConcurrentPeers.actingOn(
                    parley.client(), PEERS, random.nextLong(), ACKNOWLEDGED, recorder::moment)) {
                peers.awaitAcknowledgements();
                peers.leave();
                peers.awaitSilence();
                parley.kill(); // in the middle of a write it would end between the write and its record
                assertThat(peers.unexpected()).isEmpty();
                return new Recording(store, recorder.entries(), peers.sessions(), begin, recorder.moment());
            }
        }
    }

    private static ParleyJar serving(Path folder) {
        return ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:" + folder.resolve(STORE));
    }

    private static String ask(Path store, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return String.valueOf(row.getString(1));
        }
    }

    /**
     * The disk writes of a service, and the writes of its peers.
     *
     * @param begin the moment at which the service was up
     * @param end the moment at which it was killed
     */
    private record Recording(
            Path folder, List<DiskEntry> entries, List<AcknowledgedSession> sessions, long begin, long end) {}
}
