package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.guides.Guide;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The exchange of the README, pasted into a shell as a new user does. */
class ReadmeIT {
    @TempDir
    Path folder;

    @Test
    void theExchangeOfTheReadmeWorksAsPrinted() {
        Program.assumeInstalled("bash", "curl", "openssl");
        List<String> steps = Guide.read(Guide.README).blocks("sh exchange");
        assertThat(steps).as("steps of the exchange in README.md").hasSize(3);
        try (RunningParley parley = ParleyJar.in(folder).start()) {
            var shell = new ProcessBuilder("bash", "-euc", String.join("\n", steps));
            shell.environment().put("PARLEY", parley.uri().toString());
            assertThat(Program.run(shell).succeeded())
                    .contains("\"side\":\"offerer\"", "\"side\":\"answerer\"")
                    .contains("\"code\":\"tea-at-five\"", "\"type\":\"end-of-candidates\"");
        }
    }
}
