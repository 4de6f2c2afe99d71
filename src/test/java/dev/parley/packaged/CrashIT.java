package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.CampaignSize;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No acknowledged write is lost: in each round a server under load is killed with {@code kill -9} at a random moment and started again
 * on the same file. {@code PowerCutIT} tests power cuts.
 *
 * <p>{@code -Dparley.crash.seed} repeats the choices of a run.
 */
@Tag("campaign")
class CrashIT {
    private static final int ROUNDS = CampaignSize.of("parley.crash.rounds", 3);
    private static final long SEED = Long.getLong("parley.crash.seed", System.nanoTime());

    private static final int PEERS = 8;

    /** Acknowledged writes before the kill. */
    private static final int ACKNOWLEDGED_MIN = 50;

    private static final int ACKNOWLEDGED_MAX = 1_000;

    @TempDir
    Path folder;

    @Test
    void acknowledgedWritesSurviveKillMinus9() throws SQLException {
        System.out.printf("CrashIT: -Dparley.crash.seed=%d -Dparley.crash.rounds=%d%n", SEED, ROUNDS);
        var random = new Random(SEED);
        var all = new ArrayList<AcknowledgedSession>();
        List<AcknowledgedSession> latest = List.of();
        for (int round = 0; round < ROUNDS; round++) {
            try (RunningParley parley = start()) {
                assertKept(latest, parley.client());
                latest = killUnderLoad(parley, random);
                all.addAll(latest);
            }
        }
        try (RunningParley parley = start()) {
            assertKept(latest, parley.client());
            all.forEach(session -> session.assertKeptBy(parley.client()));
            assertThat(parley.stop().code()).isIn(0, 143);
        }
        assertSound();
    }

    private RunningParley start() {
        return ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:parley.db").start();
    }

    /** Returns the sessions of the peers. */
    private static List<AcknowledgedSession> killUnderLoad(RunningParley parley, Random random) {
        int acknowledged = random.nextInt(ACKNOWLEDGED_MIN, ACKNOWLEDGED_MAX);
        try (ConcurrentPeers peers =
                ConcurrentPeers.actingOn(parley.client(), PEERS, random.nextLong(), acknowledged)) {
            peers.awaitAcknowledgements();
            parley.kill();
            peers.awaitSilence();
            assertThat(peers.unexpected()).isEmpty();
            return peers.sessions();
        }
    }

    private static void assertKept(List<AcknowledgedSession> sessions, ParleyClient client) {
        for (AcknowledgedSession session : sessions) {
            session.assertKeptBy(client);
            session.assertAnsweredForGood(client);
            session.assertRepeatable(client);
        }
    }

    /** The file is intact after all recoveries. */
    private void assertSound() throws SQLException {
        try (OutsideConnection store = OutsideConnection.open(folder.resolve("parley.db"))) {
            assertThat(store.value("PRAGMA integrity_check")).isEqualTo("ok");
        }
    }
}
