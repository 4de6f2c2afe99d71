package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.admin.Finding;
import dev.parley.store.admin.Finding.Level;
import dev.parley.store.admin.Progress;
import dev.parley.store.admin.ReadOnlyQuery;
import dev.parley.store.admin.RowSink;
import dev.parley.store.admin.StoreAdmin;
import dev.parley.store.admin.StoreContents;
import dev.parley.store.sql.Schema;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the doctor finds beside the store: for each "ok" there is a case in which it is not. */
class CheckupTest {
    @Test
    void settingsAreOkUnlessOneStopsTheStartOrHasNoEffect() {
        assertThat(finding("settings", checkup(Set.of(), () -> {})).level()).isEqualTo(Level.OK);

        Finding refused = finding("settings", checkup(Set.of(), () -> {
            throw new InvalidConfiguration("parley.x: it must be y.");
        }));
        assertThat(refused.level()).isEqualTo(Level.FAULT);
        assertThat(refused.found()).isEqualTo("parley.x: it must be y.");
        Finding misspelt = finding("settings", checkup(Set.of("PARLEY_STORE_URI"), () -> {}));
        assertThat(misspelt.level()).isEqualTo(Level.WARNING);
        assertThat(misspelt.found()).contains("PARLEY_STORE_URI");
    }

    @Test
    void accessIsOkUnlessKeysAreAskedForAndThereIsNone() {
        assertThat(access(false, Optional.empty(), 0).level()).isEqualTo(Level.OK);
        assertThat(access(true, Optional.empty(), 1).level()).isEqualTo(Level.OK);
        assertThat(access(true, Optional.of("https://issuer.example"), 0).level())
                .isEqualTo(Level.OK);

        Finding nobody = access(true, Optional.empty(), 0);
        assertThat(nobody.level()).isEqualTo(Level.WARNING);
        assertThat(nobody.advice()).contains("parley key create");
    }

    @Test
    void versionsAreAFactAndNoJudgement() {
        assertThat(finding("versions", checkup(Set.of())).level()).isEqualTo(Level.INFO);
    }

    private static Finding access(boolean asked, Optional<String> issuer, long keys) {
        return new KeyCheck(asked, issuer, new StoreWithKeys(keys)).finding();
    }

    private static Checkup checkup(Set<String> misspelt, Runnable... settings) {
        StoreAdmin store = new StoreWithKeys(1);
        return new Checkup(
                Arrays.asList(settings), misspelt, "Parley 1", new KeyCheck(true, Optional.empty(), store), store);
    }

    private static Finding finding(String subject, Checkup checkup) {
        return checkup.findings().stream()
                .filter(finding -> finding.subject().equals(subject))
                .findFirst()
                .orElseThrow();
    }

    /** Answers how many keys it has, and nothing else. */
    private record StoreWithKeys(long keys) implements StoreAdmin {
        @Override
        public void query(ReadOnlyQuery question, Duration timeMax, RowSink answer) {
            answer.row(List.of(keys));
        }

        @Override
        public List<Finding> examine() {
            return List.of();
        }

        @Override
        public void refuseMissing() {}

        @Override
        public Schema.Migrated migrate() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public StoreContents backup(Path file, Progress progress) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Restored restore(Path file, boolean force, Progress progress) {
            throw new UnsupportedOperationException();
        }
    }
}
