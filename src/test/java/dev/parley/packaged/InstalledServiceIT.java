package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.FreePort;
import dev.parley.guides.Guide;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The installation of the guide to running as a service: its program, units and lines of cron work. Method: the guide's commands run
 * with a temporary folder instead of the root of the file system, and without users and groups; what they install then runs with the few
 * variables that cron sets.
 */
@Tag("slow")
class InstalledServiceIT {
    private static final Guide GUIDE = Guide.named("running-as-a-service.md");
    private static final Pattern CRON_LINE = Pattern.compile("(?m)^[0-9*]\\S*(?: \\S+){4} parley (.*)$");

    private static final String OPTIONAL_LINE = "#*/5 * * * * parley ";

    /** With characters that are special to a shell. */
    private static final String STORE = "a store & $HOME;#.db";

    @TempDir
    Path root;

    @BeforeEach
    void install() throws Exception {
        ParleyJar.assumeJar();
        Program.assumeInstalled("install", "sh");
        String commands = String.join("\n", GUIDE.blocks("sh install")) + "\n" + GUIDE.block("sh cron");
        assertThat(commands).contains("/usr/local/bin/parley", "/etc/cron.d/parley");
        runHere(commands.replaceAll("(?m)^useradd .*$", "").replaceAll(" -[og] parley", ""));
        for (String installed : List.of("usr/local/bin/parley", "etc/cron.d/parley")) {
            Path file = root.resolve(installed);
            Files.writeString(file, below(Files.readString(file)));
        }
        settings("PARLEY_STORE_URL=sqlite:" + root.resolve("var/lib/parley").resolve(STORE), "PARLEY_LOG_SLOW=off");
    }

    private void runHere(String commands) throws IOException {
        String here = below(commands)
                .replace(
                        "target/quarkus-app",
                        ParleyJar.packaged().resolveSibling("").toString());
        run(Path.of(""), Map.of(), "set -eu\n" + here).succeeded();
    }

    /** The paths of the installation below the temporary folder. */
    private String below(String text) {
        return text.replaceAll("(?<![\\w.])/(opt|usr/local|etc|var)/", root + "/$1/");
    }

    private void settings(String... lines) throws IOException {
        Files.writeString(root.resolve("etc/parley.env"), String.join("\n", lines) + "\n");
    }

    private static Program run(Path folder, Map<String, String> environment, String command) throws IOException {
        return Program.of(start(folder, environment, command));
    }

    private static Process start(Path folder, Map<String, String> environment, String command) throws IOException {
        var builder = new ProcessBuilder("/bin/sh", "-c", command)
                .directory(folder.toAbsolutePath().toFile())
                .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PATH", Path.of(System.getProperty("java.home"), "bin") + ":/usr/bin:/bin",
                        "HOME", "/",
                        "SHELL", "/bin/sh",
                        "LOGNAME", "parley"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private Program parley(String arguments) throws Exception {
        return run(root, Map.of(), root.resolve("usr/local/bin/parley") + " " + arguments);
    }

    @Test
    void theLinesOfCronAndTheBackupUnitUseTheConfiguredStore() throws Exception {
        String cron = Files.readString(root.resolve("etc/cron.d/parley"));
        assertThat(CRON_LINE.matcher(cron).results()).hasSize(1);
        String sweep = cron.lines()
                .filter(line -> line.startsWith(OPTIONAL_LINE))
                .findFirst()
                .orElseThrow()
                .substring(OPTIONAL_LINE.length());
        assertThat(run(Path.of("/"), Map.of(), sweep).code())
                .as("without a store")
                .isEqualTo(1);
        parley("migrate").succeeded();
        assertThat(root.resolve("var/lib/parley").resolve(STORE)).exists();

        assertThat(run(Path.of("/"), Map.of(), sweep)).isEqualTo(new Program(0, ""));
        Matcher line = CRON_LINE.matcher(cron);
        assertThat(line.find()).isTrue();
        assertThat(run(Path.of("/"), Map.of(), line.group(1).replace("\\%", "%")))
                .isEqualTo(new Program(0, ""));
        Path backup = backup();
        Files.delete(backup);

        String unit = Files.readAllLines(Path.of("src/main/systemd/parley-backup.service")).stream()
                .filter(setting -> setting.startsWith("ExecStart="))
                .findFirst()
                .orElseThrow()
                .substring("ExecStart=".length());
        run(Path.of("/"), Map.of(), below(unit).replace("%%", "%")).succeeded();
        assertThat(backup()).isEqualTo(backup);
    }

    private Path backup() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("var/backups/parley"))) {
            List<Path> all = files.toList();
            assertThat(all).singleElement().asString().matches(".*/parley-[1-7]\\.db");
            return all.get(0);
        }
    }

    @Test
    void settingsAreReadAsSystemdReadsThem() throws Exception {
        Files.writeString(root.resolve("opt/parley/quarkus-run.jar"), "");
        Path java = root.resolve("java/bin/java");
        Files.createDirectories(java.getParent());
        Files.writeString(java, "#!/bin/sh\nenv | grep '^PARLEY\\|^QUARKUS' | sort\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        settings(
                "# PARLEY_NODE_NAME=comment",
                "",
                "PARLEY_STORE_URL=postgresql://u:p$1&x;y@db/parley",
                "PARLEY_NODE_REGION=\"a b\"",
                "PARLEY_ACCESS='open'",
                "no setting",
                "PARLEY_LOG_SLOW=1s",
                "QUARKUS_HTTP_HOST=");

        Program parley = run(
                root,
                Map.of("JAVA_HOME", root.resolve("java").toString(), "PARLEY_LOG_SLOW", "off"),
                root.resolve("usr/local/bin/parley").toString());

        assertThat(parley.output().lines())
                .containsExactly(
                        "PARLEY_ACCESS=open",
                        "PARLEY_LOG_SLOW=off",
                        "PARLEY_NODE_REGION=a b",
                        "PARLEY_STORE_TIMELINES_FILE=" + root.resolve("var/lib/parley/data/timelines.properties"),
                        "PARLEY_STORE_URL=postgresql://u:p$1&x;y@db/parley",
                        "QUARKUS_HTTP_HOST=");
    }

    @Test
    void withoutSettingsTheStoreIsTheSameFromEveryFolder() throws Exception {
        Files.delete(root.resolve("etc/parley.env"));

        parley("migrate").succeeded();
        assertThat(root.resolve("var/lib/parley/data/parley.db")).exists();
    }

    /** Also with an archive of the classes, and with one that does not fit. */
    @Test
    void theServiceServesAndStops() throws Exception {
        serveAndStop();
        Program.assumeInstalled("bash");

        runHere(GUIDE.block("sh train"));
        assertThat(serveAndStop()).doesNotContain("[warning]");

        Path jar = root.resolve("opt/parley/quarkus-run.jar");
        Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
        assertThat(serveAndStop()).contains("[warning]");
        assertThat(start(root, Map.of(), root.resolve("usr/local/bin/parley") + " --version 2> /dev/null")
                        .inputReader()
                        .lines())
                .singleElement()
                .asString()
                .startsWith("Parley ");
    }

    /** Returns its log. */
    private String serveAndStop() throws Exception {
        int port = FreePort.choose();
        var lines = new ArrayList<>(Files.readAllLines(root.resolve("etc/parley.env")));
        lines.removeIf(line -> line.startsWith("QUARKUS_"));
        lines.add("QUARKUS_HTTP_PORT=" + port);
        lines.add("QUARKUS_MANAGEMENT_PORT=" + FreePort.choose());
        settings(lines.toArray(String[]::new));
        var client = new ParleyClient(URI.create("http://127.0.0.1:" + port));

        Process service = start(root, Map.of(), "exec " + root.resolve("usr/local/bin/parley") + " serve > log 2>&1");
        try {
            await().ignoreExceptionsMatching(NoReply.class::isInstance)
                    .until(() -> client.health().status() == 200);
            service.destroy();
            assertThat(service.waitFor()).isEqualTo(143);
            return Files.readString(root.resolve("log"));
        } finally {
            service.destroyForcibly();
        }
    }
}
