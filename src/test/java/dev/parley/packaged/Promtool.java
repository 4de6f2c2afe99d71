package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Prometheus' own program, which checks and evaluates rules. A test that asks for it is skipped where it is not installed. */
public final class Promtool {
    private Promtool() {}

    /** {@code promtool check rules}. */
    public static void assertUnderstands(Path rules) throws IOException, InterruptedException {
        assertSucceeds("check", "rules", rules.toString());
    }

    /** {@code promtool test rules}. */
    public static void assertPasses(Path test) throws IOException, InterruptedException {
        assertSucceeds("test", "rules", test.toString());
    }

    private static void assertSucceeds(String... arguments) throws IOException, InterruptedException {
        assumeTrue(InstalledPrograms.areOnThePath("promtool"), "promtool is not here");
        var builder = new ProcessBuilder("promtool").redirectErrorStream(true);
        builder.command().addAll(List.of(arguments));
        Process promtool = builder.start();
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor()).as(said).isZero();
    }
}
