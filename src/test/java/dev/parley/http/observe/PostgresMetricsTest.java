package dev.parley.http.observe;

import dev.parley.contract.PostgresProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.Set;

@QuarkusTest
@TestProfile(PostgresProfile.class)
class PostgresMetricsTest extends MetricsContract {
    @Override
    Set<String> elsewhere() {
        return Set.of(
                "parley_commit_writes",
                "parley_backup_last_success_timestamp_seconds",
                "parley_commit_writes_count",
                "parley_commit_writes_sum",
                "parley_disk_free_bytes",
                "parley_store_bytes");
    }
}
