package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import dev.parley.store.postgresql.PostgresCluster;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two pages connect through one node each, over a PostgreSQL whose replica lags. */
@Tag("slow")
@ExtendWith(BrowserExtension.class)
class TwoNodesIT {
    @TempDir
    Path folder;

    @Test
    void aLinkFindsASessionThatTheReplicaDoesNotHaveYet(Pages pages) {
        try (PostgresCluster cluster = PostgresCluster.ofTwo()) {
            ParleyJar jar = ParleyJar.in(folder)
                    .with("PARLEY_STORE_URL", cluster.primary().url())
                    .with(
                            "PARLEY_STORE_REPLICAS",
                            "copy@here=" + cluster.standby().url())
                    .with("PARLEY_STORE_LAG_MAX", "1h")
                    .with("PARLEY_STORE_SILENCE_MAX", "10s");
            try (RunningParley one = jar.start();
                    RunningParley other = jar.start()) {
                ClientPage host = pages.openClient("host", one.uri()).with(Map.of());
                ClientPage guest =
                        pages.openClient("guest", other.uri()).with(Map.of("readFrom", "first-unconstrained"));
                cluster.standby().pauseReplay();

                String code = host.host(Map.of());
                String link = (String) host.value("session.shareLink()");
                assertThat(guest.failureOf("join('" + code + "')"))
                        .as("the code alone, at a replica that is behind")
                        .contains(entry("status", 404));

                assertThat(guest.value("parley.fromLink('" + link + "')")).isEqualTo(code);
                guest.join(code);
                host.awaitConnection();
                guest.awaitConnection();
                guest.say("Here we are");
                host.awaitMessage("Here we are");
                host.say("At last");
                guest.awaitMessage("At last");
            }
        }
    }
}
