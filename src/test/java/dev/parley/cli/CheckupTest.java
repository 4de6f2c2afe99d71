package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.TestConfig;
import dev.parley.access.AccessConfig;
import dev.parley.config.InvalidConfiguration;
import dev.parley.store.admin.Finding;
import dev.parley.store.admin.Finding.Level;
import dev.parley.store.admin.ReadOnlyQuery;
import dev.parley.store.admin.ReadOnlyQuery.RowSink;
import dev.parley.store.admin.StoreAdmin;
import dev.parley.store.sql.Schema;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The findings of the doctor besides those of the store: for each "ok" there is a case that is not. */
class CheckupTest {
    private static final Map<String, String> KEYS_REQUIRED = Map.of("parley.access", "key");

    @Test
    void settingsAreOkUnlessOneStopsTheStartOrIsUnknown() {
        assertThat(finding("settings", checkup(Set.of(), () -> {})).level()).isEqualTo(Level.OK);

        Finding refused = finding("settings", checkup(Set.of(), () -> {
            throw new InvalidConfiguration("parley.x: it must be y.");
        }));
        assertThat(refused.level()).isEqualTo(Level.FAULT);
        assertThat(refused.found()).isEqualTo("parley.x: it must be y.");
        Finding unknown = finding("settings", checkup(Set.of("PARLEY_STORE_URI"), () -> {}));
        assertThat(unknown.level()).isEqualTo(Level.WARNING);
        assertThat(unknown.found()).contains("PARLEY_STORE_URI");
    }

    @Test
    void accessIsOkUnlessRequiredKeysAreMissing() {
        assertThat(access(Map.of(), 0).level()).isEqualTo(Level.OK);
        assertThat(access(KEYS_REQUIRED, 1).level()).isEqualTo(Level.OK);
        assertThat(access(Map.of("parley.access", "key", "parley.access.jwt.issuer", "https://issuer.example"), 0)
                        .level())
                .isEqualTo(Level.OK);

        Finding none = access(KEYS_REQUIRED, 0);
        assertThat(none.level()).isEqualTo(Level.WARNING);
        assertThat(none.advice()).contains("parley key create");
    }

    @Test
    void versionsAreInformation() {
        assertThat(finding("versions", checkup(Set.of())).level()).isEqualTo(Level.INFO);
    }

    private static Finding access(Map<String, String> settings, long keys) {
        return finding(
                "access",
                new Checkup(
                        List.of(),
                        Set.of(),
                        "Parley 1",
                        TestConfig.of(AccessConfig.class, settings),
                        new StoreWithKeys(keys)));
    }

    private static Checkup checkup(Set<String> unknown, Runnable... settings) {
        StoreAdmin store = new StoreWithKeys(1);
        AccessConfig access = TestConfig.of(AccessConfig.class, KEYS_REQUIRED);
        return new Checkup(Arrays.asList(settings), unknown, "Parley 1", access, store);
    }

    private static Finding finding(String subject, Checkup checkup) {
        return checkup.findings().stream()
                .filter(finding -> finding.subject().equals(subject))
                .findFirst()
                .orElseThrow();
    }

    /** A store that only reports its number of keys. */
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
        public Contents backup(Path file) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Restored restore(Path file, boolean force) {
            throw new UnsupportedOperationException();
        }
    }
}
