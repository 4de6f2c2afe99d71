package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.guides.Guide;
import dev.parley.store.crypto.Keys;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the script of the operations guide that checks a backup. */
@Tag("slow")
class OperationsGuideIT {
    private static final String KEYS = "PARLEY_ENCRYPTION_KEYS";

    @TempDir
    Path folder;

    @Test
    void theBackupCheckAcceptsOnlyAGoodBackup() throws Exception {
        Program.assumeInstalled("sh", "mktemp");
        ParleyJar jar = ParleyJar.in(folder)
                .with("PARLEY_STORE_URL", "sqlite:parley.db")
                .with(KEYS, Keys.setting("k"));
        try (RunningParley parley = jar.start()) {
            parley.client().open("one", "the-own-secret-of-an-offerer", "an offer", List.of());
            assertThat(jar.run("backup", "backup.db").code()).isZero();
        }
        ParleyJar.installProgram(folder);

        assertThat(check(Keys.setting("k")).code()).as("good").isZero();
        Program another = check(Keys.otherSetting("k"));
        assertThat(another.code()).as("%s", another).isEqualTo(1);
        assertThat(another.output()).contains("parley.encryption.keys", "\"k\"").hasLineCount(1);

        flipABit();
        Program damaged = check(Keys.setting("k"));
        assertThat(damaged.code()).as("%s", damaged).isEqualTo(1);
        assertThat(damaged.output()).contains("1 of its 1 sessions are damaged").hasLineCount(1);
    }

    private void flipABit() throws SQLException {
        try (OutsideConnection backup = OutsideConnection.open(folder.resolve("backup.db"))) {
            backup.execute("UPDATE events SET payload = substr(payload, 1, length(payload) - 1) || X'00'");
        }
    }

    private Program check(String keys) {
        String script = Guide.named("operations.md").block("sh check-backup");
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", script, "check", "backup.db").directory(folder.toFile());
        shell.environment().keySet().removeIf(ParleyJar::isSetting);
        shell.environment().put(KEYS, keys);
        shell.environment().put("PATH", folder + ":" + shell.environment().get("PATH"));
        return Program.run(shell);
    }
}
