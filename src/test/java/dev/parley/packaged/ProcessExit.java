package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The end of a process of the jar.
 *
 * @param code the exit code; 128 + n if signal n ended the process
 * @param out all of its standard output
 * @param err all of its standard error, which has the log
 */
public record ProcessExit(int code, String out, String err) {
    /** The one line on standard error of a refused start or command. */
    String refusal() {
        return refusal(1);
    }

    /** The same with another exit code. */
    String refusal(int expected) {
        assertThat(code).as("exit code; standard error: %s", err).isEqualTo(expected);
        assertThat(out).as("standard output").isEmpty();
        assertThat(err.lines())
                .as("standard error")
                .singleElement()
                .satisfies(line -> assertThat(line).doesNotContain("Exception"));
        return err;
    }
}
