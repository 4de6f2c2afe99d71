package dev.parley.guides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.parley.packaged.InstalledPrograms;
import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the fenced blocks of the guides that are marked {@code sh run}, as a reader would paste them into one shell: those of a guide in
 * their order, in an empty folder, with {@code parley} installed and a server running on the store {@code data/parley.db}. The
 * variable {@code PARLEY} has the server's URL. What a block prints must contain each line of a {@code text prints} block behind it.
 */
class GuidesIT {
    private static final String SERVER_OF_THE_GUIDES = "http://127.0.0.1:8080";

    @TempDir
    Path folder;

    @BeforeEach
    void requirePrograms() {
        assumeThat(InstalledPrograms.areOnThePath("bash", "curl", "openssl"))
                .as("bash, curl and openssl are installed")
                .isTrue();
    }

    @Test
    void theMarkedBlocksOfTheGuidesRun() throws Exception {
        List<Guide> guides = Guide.all().stream()
                .filter(guide -> guide.blocks().stream().anyMatch(GuidesIT::isRun))
                .toList();
        assertThat(guides).isNotEmpty();
        installParley();
        try (RunningParley parley = ParleyJar.in(folder).startingFast().start()) {
            for (Guide guide : guides) {
                run(guide, parley.uri().toString());
            }
        }
    }

    private static boolean isRun(Guide.Block block) {
        return block.language().equals("sh") && block.label().equals("run");
    }

    private void run(Guide guide, String server) throws IOException, InterruptedException {
        String script = String.join(
                "\n",
                guide.blocks().stream()
                        .filter(GuidesIT::isRun)
                        .map(block -> block.text().replace(SERVER_OF_THE_GUIDES, server))
                        .toList());
        ProcessBuilder builder = new ProcessBuilder("bash", "-euc", script)
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("PARLEY_") || name.startsWith("QUARKUS_"));
        builder.environment().put("PARLEY", server);
        builder.environment().put("PATH", folder + ":" + builder.environment().get("PATH"));
        Process shell = builder.start();
        String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(shell.waitFor()).as("%s:%n%s%n%s", guide, script, printed).isZero();
        expectedLines(guide).forEach(line -> assertThat(printed).as("%s", guide).contains(line));
    }

    private static List<String> expectedLines(Guide guide) {
        return guide.blocks().stream()
                .filter(block ->
                        block.language().equals("text") && block.label().equals("prints"))
                .flatMap(block -> block.text().lines())
                .toList();
    }

    private void installParley() throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path program = Files.writeString(
                folder.resolve("parley"),
                "#!/bin/sh\nexec %s -XX:TieredStopAtLevel=1 -jar %s \"$@\"\n"
                        .formatted(java, ParleyJar.packaged().toAbsolutePath()));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
