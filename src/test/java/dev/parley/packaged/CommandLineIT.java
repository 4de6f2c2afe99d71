package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line: a mistake in it changes nothing and is answered with how to do it right. */
class CommandLineIT {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"no-such-command", "--no-such-option", "sweep everything", "sweep --no-such-option"})
    void aWrongCommandLinePrintsTheUsage(String arguments) {
        ProcessExit exit = ParleyJar.in(folder).run(arguments.split(" "));
        assertThat(exit.code()).isEqualTo(2);
        assertThat(exit.out()).isEmpty();
        assertThat(exit.err()).contains("Usage: parley").doesNotContain("Exception");
        assertNothingDone();
    }

    @Test
    void helpNamesTheCommands() {
        ProcessExit exit = ParleyJar.in(folder).run("--help");
        assertThat(exit.code()).isZero();
        assertThat(exit.out()).contains("Usage: parley", "serve", "sweep", "PARLEY_STORE_URL");
        assertThat(exit.err()).isEmpty();
        assertNothingDone();
    }

    @Test
    void theVersionIsOneLine() {
        ProcessExit exit = ParleyJar.in(folder).run("--version");
        assertThat(exit.code()).isZero();
        assertThat(exit.out().strip()).matches("Parley \\d+\\.\\d+.*");
        assertNothingDone();
    }

    private void assertNothingDone() {
        assertThat(folder.resolve("data")).doesNotExist();
    }
}
