package dev.parley.campaigns.histories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.TestSeed;
import dev.parley.campaigns.histories.HistoryCampaign.Failure;
import dev.parley.campaigns.histories.Violation.Check;
import dev.parley.store.postgresql.PostgresCluster;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each deliberate fault is detected by a history; the check that detects it is printed. */
@Tag("slow")
class MutantsTest {
    private static final int HISTORIES_MAX = Integer.getInteger("parley.mutants.histories", 20_000);
    /** Each history that loses a notification lasts as long. */
    private static final Duration NOTIFIED_WITHIN = Duration.ofSeconds(5);

    private static final TestSeed SEED = TestSeed.of(MutantsTest.class);

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("dev.parley.campaigns.histories.Mutant#all")
    void isCaught(Mutant mutant) throws SQLException {
        try (var loose = mutant.letLoose();
                Environment environment = environment(mutant);
                var campaign = new HistoryCampaign(environment, SEED, NOTIFIED_WITHIN)) {
            assertThat(loose).isNotNull();
            Optional<Failure> failure = campaign.perform(HISTORIES_MAX, mutant.replicated() ? 12 : 24);

            assertThat(failure).as(mutant.name()).isPresent();
            System.out.printf(
                    "Mutant: %s, caught by %s after %,d histories%n",
                    mutant, by(failure.get().finding()), number(failure.get()));
        }
    }

    /** The number of the history; others continue while it waits for its missing notification. */
    private static long number(Failure failure) {
        return failure.seed().value() - SEED.value() + 1;
    }

    private static String by(Violation finding) {
        return finding.check() == Check.CONTRACT
                ? finding.check() + " (" + finding.why() + ")"
                : finding.check().toString();
    }

    private Environment environment(Mutant mutant) throws SQLException {
        return mutant.replicated()
                ? InProcessEnvironments.postgres(PostgresCluster.shared(), true, mutant.fault())
                : InProcessEnvironments.sqlite(folder, mutant.fault());
    }
}
