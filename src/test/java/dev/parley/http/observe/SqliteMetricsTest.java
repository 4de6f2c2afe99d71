package dev.parley.http.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.contract.SqliteProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.Set;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SqliteProfile.class)
class SqliteMetricsTest extends MetricsContract {
    @Test
    void withoutACollectorThereIsNothingOfTraces() {
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.contains("BatchSpanProcessor"));
    }

    @Override
    Set<String> elsewhere() {
        return Set.of(
                "parley_bookmark_wait_seconds",
                "parley_bookmark_wait_seconds_bucket",
                "parley_old_primaries",
                "parley_read_fallbacks_total",
                "parley_reads_total",
                "parley_replica_lag_bytes",
                "parley_replica_lag_seconds",
                "parley_replica_serving");
    }
}
