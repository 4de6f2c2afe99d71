package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.store.postgresql.PostgresCluster;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The start over PostgreSQL: it fails in one line without a primary, and succeeds without a replica. */
@Tag("slow")
class PostgresStartIT {
    /** An address on which no server listens. */
    private static final String UNREACHABLE_ADDRESS = "127.0.0.1:1";

    /** The exit code of an error that the operator must fix. */
    private static final int REFUSED = 1;

    /** The exit code of an error that may pass. */
    private static final int UNAVAILABLE = 69;

    @TempDir
    Path folder;

    private PostgresCluster cluster;

    @BeforeEach
    void start() {
        cluster = PostgresCluster.shared();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void anUnreachableReplicaOrHostDoesNotStopTheStart() {
        ParleyJar jar = over(
                        UNREACHABLE_ADDRESS + ",127.0.0.1:" + cluster.primary().port(), database())
                .with(
                        "PARLEY_STORE_REPLICAS",
                        "copy@far=postgresql://parley:secret@" + UNREACHABLE_ADDRESS + "/" + database());
        try (RunningParley parley = jar.start()) {
            ServerReply opened =
                    parley.client().open("a-session", "the-own-secret-of-an-offerer", "an offer", List.of());
            assertThat(opened.status()).as("%s", opened).isEqualTo(201);

            ServerReply read = parley.client().getSince("first-unconstrained", "/api/v1/sessions/a-session");
            assertThat(read.status()).as("%s", read).isEqualTo(200);
            assertThat(TwoPackagedNodes.isByPrimary(read)).isTrue();
            await().untilAsserted(() -> assertThat(
                            parley.operators().get("/q/health/ready").text())
                    .containsPattern("\"copy\": *\"replica, failing"));
        }
    }

    @Test
    void anUnreachablePrimaryStopsTheStart() {
        assertRefused(over(UNREACHABLE_ADDRESS, database()), UNAVAILABLE, UNREACHABLE_ADDRESS);
    }

    @Test
    void aMissingDatabaseStopsTheStart() {
        assertRefused(over("127.0.0.1:" + cluster.primary().port(), "nothing"), REFUSED, "\"nothing\"");
    }

    @Test
    void aStandbyAloneStopsTheStart() {
        assertRefused(over("127.0.0.1:" + cluster.standby().port(), database()), UNAVAILABLE, "primary");
    }

    private ParleyJar over(String hosts, String database) {
        return ParleyJar.in(folder).with("PARLEY_STORE_URL", "postgresql://parley:secret@" + hosts + "/" + database);
    }

    private String database() {
        return cluster.primary().database();
    }

    private static void assertRefused(ParleyJar jar, int code, String why) {
        assertThat(jar.run().refusal(code)).contains("parley.store.url", why).doesNotContain("secret");
    }
}
