package dev.parley.guides;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.Program;
import dev.parley.packaged.RunningParley;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the fenced blocks of the guides that are marked {@code sh run}, as a reader would paste them into one shell: those of a guide in
 * their order, in an empty folder, with {@code parley} installed and a server running on the store {@code data/parley.db}. The
 * variable {@code PARLEY} has the server's URL. What a block prints must contain each line of a {@code text prints} block behind it.
 */
class GuidesIT {
    private static final String SERVER_OF_THE_GUIDES = "http://127.0.0.1:8080";
    private static final String RUN = "sh run";

    @TempDir
    Path folder;

    @Test
    void theMarkedBlocksOfTheGuidesRun() {
        Program.assumeInstalled("bash", "curl", "openssl");
        List<Guide> guides = Guide.all().stream()
                .filter(guide -> !guide.blocks(RUN).isEmpty())
                .toList();
        assertThat(guides).isNotEmpty();
        ParleyJar.installProgram(folder);
        try (RunningParley parley = ParleyJar.in(folder).start()) {
            for (Guide guide : guides) {
                run(guide, parley.uri().toString());
            }
        }
    }

    private void run(Guide guide, String server) {
        String script = String.join("\n", guide.blocks(RUN)).replace(SERVER_OF_THE_GUIDES, server);
        var shell = new ProcessBuilder("bash", "-euc", script).directory(folder.toFile());
        shell.environment().keySet().removeIf(name -> name.startsWith("PARLEY_") || name.startsWith("QUARKUS_"));
        shell.environment().put("PARLEY", server);
        shell.environment().put("PATH", folder + ":" + shell.environment().get("PATH"));
        Program ended = Program.run(shell);
        assertThat(ended.code())
                .as("%s:%n%s%n%s", guide, script, ended.output())
                .isZero();
        guide.blocks("text prints").stream()
                .flatMap(String::lines)
                .forEach(line -> assertThat(ended.output()).as("%s", guide).contains(line));
    }
}
