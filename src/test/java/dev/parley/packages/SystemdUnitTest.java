package dev.parley.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The systemd unit of the README, held against systemd itself. */
class SystemdUnitTest {
    private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");
    private static final Pattern UNIT = Pattern.compile("```ini\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path folder;

    @Test
    void systemdUnderstandsEveryLine() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(ANALYZE), "systemd-analyze is not here");
        Matcher unit = UNIT.matcher(Files.readString(Path.of("README.md")));
        assertThat(unit.find()).isTrue();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path file = folder.resolve("parley.service");
        Files.writeString(file, unit.group(1).replace("/usr/bin/java", java));

        Process verify = new ProcessBuilder(ANALYZE.toString(), "verify", file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(verify.waitFor()).as(said).isZero();
        assertThat(said).doesNotContain("parley.service:");
    }
}
