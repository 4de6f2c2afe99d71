package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.parley.store.crypto.Keys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the script of the operations guide that checks a backup. */
@Tag("slow")
class OperationsGuideIT {
    private static final Path GUIDE = Path.of("src/site/markdown/operations.md");
    private static final Pattern SCRIPT = Pattern.compile("```sh check-backup\n(.*?)```", Pattern.DOTALL);
    private static final String KEYS = "PARLEY_ENCRYPTION_KEYS";

    @TempDir
    Path folder;

    @Test
    void theBackupCheckAcceptsOnlyAGoodBackup() throws Exception {
        assumeThat(InstalledPrograms.areOnThePath("sh", "mktemp"))
                .as("sh and mktemp are installed")
                .isTrue();
        ParleyJar jar = ParleyJar.in(folder)
                .with("PARLEY_STORE_URL", "sqlite:parley.db")
                .with(KEYS, Keys.setting("k"))
                .startingFast();
        try (RunningParley parley = jar.start()) {
            parley.client().open("one", "the-own-secret-of-an-offerer", "an offer", List.of());
            assertThat(jar.run("backup", "backup.db").code()).isZero();
        }
        installParley();

        assertThat(check(Keys.setting("k")).code()).as("good").isZero();
        ProcessExit another = check(Keys.otherSetting("k"));
        assertThat(another.code()).as("%s", another).isEqualTo(1);
        assertThat(another.err()).contains("parley.encryption.keys", "\"k\"").hasLineCount(1);

        flipABit();
        ProcessExit damaged = check(Keys.setting("k"));
        assertThat(damaged.code()).as("%s", damaged).isEqualTo(1);
        assertThat(damaged.err()).contains("1 of its 1 sessions are damaged").hasLineCount(1);
    }

    private void installParley() throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path program = Files.writeString(
                folder.resolve("parley"), "#!/bin/sh\nexec %s -jar %s \"$@\"\n".formatted(java, ParleyJar.packaged()));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void flipABit() throws SQLException {
        try (OutsideConnection backup = OutsideConnection.open(folder.resolve("backup.db"))) {
            backup.execute("UPDATE events SET payload = substr(payload, 1, length(payload) - 1) || X'00'");
        }
    }

    private ProcessExit check(String keys) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", script(), "check", "backup.db")
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        shell.environment().keySet().removeIf(name -> name.startsWith("PARLEY_") || name.startsWith("QUARKUS_"));
        shell.environment().put(KEYS, keys);
        shell.environment().put("PATH", folder + ":" + shell.environment().get("PATH"));
        int code = shell.start().waitFor();
        return new ProcessExit(
                code, Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
    }

    private static String script() throws IOException {
        List<MatchResult> scripts =
                SCRIPT.matcher(Files.readString(GUIDE)).results().toList();
        assertThat(scripts).as("scripts that check a backup in " + GUIDE).hasSize(1);
        return scripts.get(0).group(1);
    }
}
