package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A program of this machine that has ended.
 *
 * @param output standard output and standard error together
 */
public record Program(int code, String output) {
    /** Runs {@code command} to its end. */
    public static Program run(String... command) {
        return run(new ProcessBuilder(command));
    }

    /** Runs what {@code builder} describes to its end. */
    public static Program run(ProcessBuilder builder) {
        try {
            return of(builder.redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the end of a process whose standard error is redirected to its output. */
    public static Program of(Process process) {
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Program(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while a program runs", e);
        }
    }

    /** Returns the output of a program that must have succeeded. */
    public String succeeded() {
        assertThat(code).as(output).isZero();
        return output;
    }

    /** Whether {@code command} is installed and succeeds. */
    public static boolean succeeds(String... command) {
        return isInstalled(command[0]) && run(command).code() == 0;
    }

    /** Skips the test unless each of {@code programs} is installed. */
    public static void assumeInstalled(String... programs) {
        for (String program : programs) {
            assumeTrue(isInstalled(program), program + " is not installed");
        }
    }

    public static boolean isInstalled(String program) {
        return find(program).isPresent();
    }

    /** The path of {@code program}, a path itself or a name in a folder of {@code PATH}. */
    public static Optional<Path> find(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder).resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
