package dev.parley.packaged.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.packaged.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which Maven {@code ./mvnw} runs. Method: the script in an empty project with a test version, and scripts instead of Maven and curl that log
 * their calls. Nothing is downloaded.
 */
@Tag("integration")
class MavenWrapperTest {
    private static final String VERSION = "3.9.99";
    private static final String ARCHIVE = "apache-maven-" + VERSION + "-bin.tar.gz";
    private static final List<String> TOOLS = List.of(
            "sed",
            "tail",
            "head",
            "tr",
            "cut",
            "cat",
            "cp",
            "dirname",
            "mkdir",
            "mktemp",
            "rm",
            "mv",
            "tar",
            "gzip",
            "sha512sum");

    @TempDir
    Path folder;

    private Path project;
    private Path home;
    private Path bin;

    @BeforeEach
    void makeProject() throws Exception {
        Program.assumeInstalled(TOOLS.toArray(String[]::new));
        project = Files.createDirectories(folder.resolve("project"));
        home = Files.createDirectories(folder.resolve("home"));
        bin = Files.createDirectories(folder.resolve("bin"));
        Files.copy(Path.of("mvnw"), project.resolve("mvnw"));
        Files.createFile(project.resolve("pom.xml"));
        for (String tool : TOOLS) {
            call(tool, Program.find(tool).orElseThrow());
        }
        call("java", Path.of(System.getProperty("java.home"), "bin", "java"));
        Files.createDirectories(project.resolve(".mvn"));
        pin(sha512(archive()));
    }

    /** Puts {@code program} on the PATH, on which there is nothing else. */
    private void call(String tool, Path program) {
        script(bin.resolve(tool), "exec " + program + " \"$@\"");
    }

    private void pin(String sha512) throws IOException {
        Files.writeString(
                project.resolve(".mvn/maven.pin"),
                "version=%s%nurl=https://archive.invalid/%s%nsha512=%s%n".formatted(VERSION, ARCHIVE, sha512));
    }

    /** What would be fetched: a Maven that says that it is the pinned one, and with what it was called. */
    private Path archive() throws IOException, InterruptedException {
        script(folder.resolve("apache-maven-" + VERSION + "/bin/mvn"), "echo pinned \"$@\"");
        Path archive = folder.resolve(ARCHIVE);
        Program.run("tar", "-czf", archive.toString(), "-C", folder.toString(), "apache-maven-" + VERSION)
                .succeeded();
        return archive;
    }

    /** A Maven of {@code version} on the PATH, which can copy the archive, and notes down each start. */
    private void mavenOnThePath(String version) {
        script(bin.resolve("mvn"), """
                echo "$PWD $*" >> %1$s/calls
                case "$*" in
                --version) echo "Apache Maven %2$s (unknown)" ;;
                *:copy*) cp %1$s/%3$s "$PWD" ;;
                *) echo on-the-path "$@" ;;
                esac
                """.formatted(folder, version, ARCHIVE));
    }

    private void curlOnThePath() {
        script(bin.resolve("curl"), """
                while [ "$1" != -o ]; do shift; done
                cp %s/%s "$2"
                """.formatted(folder, ARCHIVE));
    }

    private Process start() {
        var builder = new ProcessBuilder("/bin/sh", "mvnw", "verify")
                .directory(project.toFile())
                .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", bin.toString());
        builder.environment().put("HOME", home.toString());
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Program run() {
        return Program.of(start());
    }

    private List<String> calls() throws IOException {
        Path calls = folder.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    @Test
    void aRecentMavenIsUsed() throws Exception {
        mavenOnThePath("3.9.0");

        assertThat(run()).isEqualTo(new Program(0, "on-the-path verify\n"));
    }

    @Test
    void anOlderMavenFetchesThePinnedOneAsAnArtifact() throws Exception {
        mavenOnThePath("3.8.7");

        assertThat(run().succeeded()).endsWith("pinned verify\n");
        assertThat(calls())
                .last()
                .asString()
                .contains("-Dartifact=org.apache.maven:apache-maven:" + VERSION + ":tar.gz:bin");
        // Options of this project's .mvn may be too new for the older Maven.
        assertThat(calls()).last().asString().startsWith(home.toString());
    }

    @Test
    void onceFetchedThePinnedMavenIsUsedAtOnce() throws Exception {
        mavenOnThePath("3.8.7");
        run();
        int before = calls().size();
        script(bin.resolve("mvn"), "echo started >> " + folder + "/calls; exit 1");

        assertThat(run()).isEqualTo(new Program(0, "pinned verify\n"));
        assertThat(calls()).hasSize(before);
    }

    @Test
    void twoBuildsThatFetchAtOnceInstallOneMaven() throws Exception {
        mavenOnThePath("3.8.7");

        List<Process> builds = Stream.generate(this::start).limit(4).toList();

        for (Process build : builds) {
            assertThat(Program.of(build).succeeded()).endsWith("pinned verify\n");
        }
        assertThat(shelf()).containsExactly("apache-maven-" + VERSION);
    }

    @Test
    void withoutAnyMavenThePinnedOneIsFetchedFromItsAddress() throws Exception {
        curlOnThePath();

        assertThat(run().succeeded()).contains("https://archive.invalid/").endsWith("pinned verify\n");
    }

    @Test
    void anOlderMavenThatCannotFetchLeavesItToCurl() throws Exception {
        script(
                bin.resolve("mvn"),
                "case \"$*\" in --version) echo Apache Maven 3.8.7 ;; *) echo offline; exit 1 ;; esac");
        curlOnThePath();

        assertThat(run().succeeded()).contains("(offline)").endsWith("pinned verify\n");
    }

    @Test
    void anArchiveWithAWrongChecksumIsNotInstalled() throws Exception {
        pin("0".repeat(128));
        mavenOnThePath("3.8.7");
        curlOnThePath();

        Program said = run();

        assertThat(said.code()).as(said.output()).isEqualTo(1);
        assertThat(said.output()).contains("wrong SHA-512").doesNotContain("pinned verify");
        assertThat(shelf()).isEmpty();
    }

    /** What the wrapper has left below its folder, but for the folders that lead there. */
    private List<String> shelf() throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve(".m2/wrapper/dists/apache-maven-" + VERSION), 2)) {
            return files.filter(file -> file.getNameCount() == home.getNameCount() + 6)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }

    private static void script(Path file, String lines) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, "#!/bin/sh\n" + lines + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha512(Path file) throws IOException, NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(file)));
    }
}
