package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts of parley.js in Node: its connection, through a proxy that breaks one transport after another, meetings, rooms and sessions. */
class ConnectionIT {
    private static final String SCRIPT = "src/test/resources/node/connection.mjs";

    @TempDir
    Path folder;

    @Test
    void everyCaseWorks() {
        String option = "--experimental-websocket"; // Node 22 has it without
        assumeTrue(
                Program.succeeds("node", option, "--eval", "process.exit(globalThis.WebSocket ? 0 : 1)"),
                "No Node 20.10 or newer on the PATH; Debian's package is called nodejs");
        try (RunningParley parley = ParleyJar.in(folder).start()) {
            String service = parley.uri().toString();
            assertThat(Program.run("node", option, SCRIPT, "src/main/client", service)
                            .succeeded())
                    .endsWith("done\n");
        }
    }

    /** Their service is a fake. */
    @ParameterizedTest
    @ValueSource(strings = {"meeting", "room", "session"})
    void everyCaseWithAFakeServiceWorks(String subject) {
        Program.assumeInstalled("node");
        String script = "src/test/resources/node/%s.mjs".formatted(subject);
        assertThat(Program.run("node", script, "src/main/client").succeeded()).endsWith("done\n");
    }
}
