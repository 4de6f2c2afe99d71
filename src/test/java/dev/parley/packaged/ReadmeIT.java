package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's exchange, pasted into a shell as a newcomer does. */
class ReadmeIT {
    private static final Pattern EXCHANGE = Pattern.compile("```sh exchange\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path folder;

    @Test
    void theExchangeOfTheReadmeWorksAsPrinted() throws Exception {
        assumeThat(InstalledPrograms.areOnThePath("bash", "curl", "openssl"))
                .as("bash, curl and openssl are installed")
                .isTrue();
        try (RunningParley parley = ParleyJar.in(folder).startingFast().start()) {
            var builder = new ProcessBuilder("bash", "-euc", exchange()).redirectErrorStream(true);
            builder.environment().put("PARLEY", parley.uri().toString());
            Process shell = builder.start();
            String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(shell.waitFor()).as(said).isZero();
            assertThat(said)
                    .contains("\"side\":\"offerer\"", "\"side\":\"answerer\"")
                    .contains("\"code\":\"tea-at-five\"", "\"type\":\"end-of-candidates\"");
        }
    }

    private static String exchange() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        List<String> steps =
                EXCHANGE.matcher(readme).results().map(step -> step.group(1)).toList();
        assertThat(steps).as("steps of the exchange in README.md").hasSize(3);
        return String.join("\n", steps);
    }
}
