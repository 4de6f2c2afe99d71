package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How a process of the jar ended.
 *
 * @param code the exit code; 128 + n where signal n ended it
 * @param out all of its standard output
 * @param err all of its standard error, where the log goes
 */
public record ProcessExit(int code, String out, String err) {
    /** The one line that the operator gets to read, where the start was refused. */
    String refusal() {
        return refusal(1);
    }

    /** The same where the exit code is another one. */
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
