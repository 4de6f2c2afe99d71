package dev.parley.packaged.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.packaged.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The units in src/main/systemd are checked by systemd itself. */
class SystemdUnitTest {
    private static final Path UNITS = Path.of("src/main/systemd");

    /** In tenths. systemd rates less than 50 as good; a service without any protection has 96. */
    private static final int EXPOSURE_MAX = 30;

    @TempDir
    Path folder;

    private final List<Path> units = new ArrayList<>();

    @BeforeEach
    void copyUnits() throws IOException {
        Program.assumeInstalled("systemd-analyze");
        try (Stream<Path> files = Files.list(UNITS)) {
            for (Path unit : files.sorted().toList()) {
                // systemd checks that the program exists.
                String text = Files.readString(unit)
                        .replace("/usr/local/bin/parley", Path.of("mvnw").toAbsolutePath() + "");
                units.add(Files.writeString(folder.resolve(unit.getFileName().toString()), text));
            }
        }
        assertThat(units).hasSize(3);
    }

    @Test
    void everyUnitIsValid() {
        String output = Program.run(Stream.concat(
                                Stream.of("systemd-analyze", "verify"),
                                units.stream().map(Path::toString))
                        .toArray(String[]::new))
                .succeeded();

        // Unknown settings are reported and are no failure.
        assertThat(output).doesNotContain("parley.service:", "parley-backup.service:", "parley-backup.timer:");
    }

    @Test
    void theUnitsRunWithMinimalRights() {
        for (Path unit : units) {
            if (unit.toString().endsWith(".service")) {
                Program.run(
                                "systemd-analyze",
                                "security",
                                "--no-pager",
                                "--offline=true",
                                "--threshold=" + EXPOSURE_MAX,
                                unit.toString())
                        .succeeded();
            }
        }
    }
}
