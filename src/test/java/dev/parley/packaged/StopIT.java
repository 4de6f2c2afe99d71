package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The orderly stop, by the signal that container runtimes and service managers send: quick, and nothing accepted is lost. */
@Tag("slow")
class StopIT {
    /** Much longer than a stop takes on a machine that does nothing else, and shorter than any wait that it might wait for. */
    private static final Duration STOP_MAX = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    @Test
    void aStopUnderLoadFinishesAcceptedRequests() {
        List<AcknowledgedSession> sessions;
        try (RunningParley parley = start();
                ConcurrentPeers crowd = ConcurrentPeers.actingOn(parley.client(), 8, 3, 200)) {
            crowd.awaitAcknowledgements();
            parley.terminate();
            await().atMost(STOP_MAX).until(() -> !parley.isAlive());
            assertThat(parley.awaitExit().code()).isIn(0, 143);
            assertThat(parley.log()).doesNotContain("ERROR");
            crowd.awaitSilence();
            assertThat(crowd.surprises()).allMatch(surprise -> surprise.contains("status=503"));
            sessions = crowd.sessions();
        }
        try (RunningParley parley = start()) {
            sessions.forEach(session -> session.assertKeptBy(parley.client()));
            sessions.forEach(session -> session.assertRepeatable(parley.client()));
        }
    }

    @Test
    void aStopLeavesEverythingInTheOneFile() throws IOException, SQLException {
        try (RunningParley parley = start()) {
            parley.client().open("a-session", "the-own-secret-of-an-offerer", "an offer", List.of());
            parley.client().session("a-session");
            parley.client().get("/api/v1/sessions");
            assertThat(parley.stop().err().lines().toList()).last().asString().contains("Stopped");
        }
        Path copy = Files.copy(folder.resolve("parley.db"), folder.resolve("copy.db"));
        try (OutsideConnection store = OutsideConnection.open(copy)) {
            assertThat(store.sessions()).isEqualTo(1);
        }
    }

    private RunningParley start() {
        return ParleyJar.in(folder)
                .with("PARLEY_STORE_URL", "sqlite:parley.db")
                .startingFast()
                .start();
    }
}
