package dev.parley.packaged.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.packaged.InstalledPrograms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The units in src/main/systemd, held against systemd itself. */
class SystemdUnitTest {
    private static final Path UNITS = Path.of("src/main/systemd");

    /** In tenths, of ten. systemd calls what is below 50 good; a service without any protection has 96. */
    private static final int EXPOSURE_MAX = 30;

    @TempDir
    Path folder;

    private final List<Path> units = new ArrayList<>();

    @BeforeEach
    void copyUnits() throws IOException {
        assumeTrue(InstalledPrograms.areOnThePath("systemd-analyze"), "systemd-analyze is not here");
        try (Stream<Path> files = Files.list(UNITS)) {
            for (Path unit : files.sorted().toList()) {
                // systemd looks for the program.
                String text = Files.readString(unit)
                        .replace("/usr/local/bin/parley", Path.of("mvnw").toAbsolutePath() + "");
                units.add(Files.writeString(folder.resolve(unit.getFileName().toString()), text));
            }
        }
        assertThat(units).hasSize(3);
    }

    private static String assertSucceeds(String... command) throws IOException, InterruptedException {
        Process analyze = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(analyze.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(analyze.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void everyUnitIsValid() throws IOException, InterruptedException {
        String said = assertSucceeds(Stream.concat(
                        Stream.of("systemd-analyze", "verify"), units.stream().map(Path::toString))
                .toArray(String[]::new));

        // What it does not know it reports, and goes on.
        assertThat(said).doesNotContain("parley.service:", "parley-backup.service:", "parley-backup.timer:");
    }

    @Test
    void theUnitsRunWithMinimalRights() throws IOException, InterruptedException {
        for (Path unit : units) {
            if (unit.toString().endsWith(".service")) {
                assertSucceeds(
                        "systemd-analyze",
                        "security",
                        "--no-pager",
                        "--offline=true",
                        "--threshold=" + EXPOSURE_MAX,
                        unit.toString());
            }
        }
    }
}
