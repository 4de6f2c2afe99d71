package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.FreePort;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
 * The guide to running as a service, followed: what it installs, and the line of cron, do what they say. Method: the guide's commands
 * run with a temporary folder in the place of the root of the file system, and without users and groups; whatever is run then
 * has the few variables that cron gives.
 */
@Tag("slow")
class InstalledServiceIT {
    private static final Path GUIDE = Path.of("src/site/markdown/running-as-a-service.md");
    private static final Pattern INSTALL = Pattern.compile("```sh (?:install|cron)\n(.*?)```", Pattern.DOTALL);
    private static final Pattern CRON_LINE = Pattern.compile("(?m)^[0-9*]\\S*(?: \\S+){4} parley (.*)$");

    /** With what a shell would expand, or take for its own. */
    private static final String STORE = "a store & $HOME;#.db";

    @TempDir
    Path root;

    private record Said(int code, String out) {}

    @BeforeEach
    void install() throws Exception {
        assumeTrue(InstalledPrograms.areOnThePath("install", "sh"), "install or sh is not here");
        String commands = String.join(
                "\n",
                INSTALL.matcher(Files.readString(GUIDE))
                        .results()
                        .map(part -> part.group(1))
                        .toList());
        assertThat(commands).contains("/usr/local/bin/parley", "/etc/cron.d/parley");
        String here = below(commands.replaceAll("(?m)^useradd .*$", "").replaceAll(" -[og] parley", ""))
                .replace(
                        "target/quarkus-app",
                        ParleyJar.packaged().resolveSibling("").toString());
        Said said = run(Path.of(""), Map.of(), "set -eu\n" + here);
        assertThat(said.code()).as(said.out()).isZero();
        for (String installed : List.of("usr/local/bin/parley", "etc/cron.d/parley")) {
            Path file = root.resolve(installed);
            Files.writeString(file, below(Files.readString(file)));
        }
        settings("PARLEY_STORE_URL=sqlite:" + root.resolve("var/lib/parley").resolve(STORE), "PARLEY_LOG_SLOW=off");
    }

    /** The paths of the installation below the temporary folder. */
    private String below(String text) {
        return text.replaceAll("(?<![\\w.])/(opt|usr/local|etc|var)/", root + "/$1/");
    }

    private void settings(String... lines) throws IOException {
        Files.writeString(root.resolve("etc/parley.env"), String.join("\n", lines) + "\n");
    }

    private static Said run(Path folder, Map<String, String> environment, String command) throws Exception {
        Process process = start(folder, environment, command);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), out);
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

    private Said parley(String arguments) throws Exception {
        return run(root, Map.of(), root.resolve("usr/local/bin/parley") + " " + arguments);
    }

    private void makeStore() throws Exception {
        Said said = parley("migrate");
        assertThat(said.code()).as(said.out()).isZero();
        assertThat(root.resolve("var/lib/parley").resolve(STORE)).exists();
    }

    @Test
    void theCronLineBacksUpTheConfiguredStore() throws Exception {
        makeStore();
        Matcher line = CRON_LINE.matcher(Files.readString(root.resolve("etc/cron.d/parley")));
        assertThat(line.find()).isTrue();

        Said said = run(Path.of("/"), Map.of(), line.group(1).replace("\\%", "%"));

        assertThat(said).isEqualTo(new Said(0, ""));
        assertThat(backups()).singleElement().asString().matches(".*/parley-[1-7]\\.db");
        assertThat(line.find()).as("another line").isFalse();
    }

    @Test
    void theOptionalCronLineSweepsTheConfiguredStore() throws Exception {
        String line = Files.readString(root.resolve("etc/cron.d/parley"))
                .lines()
                .filter(optional -> optional.startsWith("#*/5 * * * * parley "))
                .findFirst()
                .orElseThrow();
        String command = line.substring("#*/5 * * * * parley ".length());
        assertThat(run(Path.of("/"), Map.of(), command).code())
                .as("without a store")
                .isEqualTo(1);
        makeStore();

        assertThat(run(Path.of("/"), Map.of(), command)).isEqualTo(new Said(0, ""));
    }

    @Test
    void theBackupUnitBacksUpTheConfiguredStore() throws Exception {
        makeStore();
        String command = Files.readAllLines(Path.of("src/main/systemd/parley-backup.service")).stream()
                .filter(line -> line.startsWith("ExecStart="))
                .findFirst()
                .orElseThrow()
                .substring("ExecStart=".length());

        Said said = run(Path.of("/"), Map.of(), below(command).replace("%%", "%"));

        assertThat(said.code()).as(said.out()).isZero();
        assertThat(backups()).hasSize(1);
    }

    private List<Path> backups() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("var/backups/parley"))) {
            return files.toList();
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

        Said said = run(
                root,
                Map.of("JAVA_HOME", root.resolve("java").toString(), "PARLEY_LOG_SLOW", "off"),
                root.resolve("usr/local/bin/parley").toString());

        assertThat(said.out().lines())
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

        Said said = parley("migrate");

        assertThat(said.code()).as(said.out()).isZero();
        assertThat(root.resolve("var/lib/parley/data/parley.db")).exists();
    }

    @Test
    void theServiceServesAndStops() throws Exception {
        int port = FreePort.choose();
        var lines = new ArrayList<>(Files.readAllLines(root.resolve("etc/parley.env")));
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
        } finally {
            service.destroyForcibly();
        }
    }
}
