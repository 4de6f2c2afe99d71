package dev.parley.packaged;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.FreePort;
import dev.parley.store.postgresql.PostgresCluster;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The container images, built from what Maven has built and run as the guide to deploying describes, with buildah and podman. An image
 * is skipped if what it contains has not been built.
 */
@Tag("container")
class ContainerIT {
    private static final Duration START_MAX = Duration.ofMinutes(3);
    private static final String USER = "10001";
    private static final String NAME = "parley-server";
    private static final String OTHER_NAME = "parley-server-2";
    private static final String VERSION = "1.2.3";

    private static final Set<Image> BUILT = EnumSet.noneOf(Image.class);

    private static @Nullable Containers containers;

    @BeforeAll
    static void requireTools() throws IOException {
        assumeTrue(Files.exists(Path.of("target/parley-sbom.json")), "an offline build makes no bill of materials");
        containers = Containers.available();
    }

    @AfterAll
    static void removeImages() throws IOException {
        if (containers != null) {
            containers.close();
        }
    }

    /** An image, and the option with which the guide runs it. */
    enum Image {
        JVM("--tmpfs=/tmp:notmpcopyup"),
        /** It has no writable folder but its volume. */
        NATIVE("--read-only-tmpfs=false");

        private final String option;

        Image(String option) {
            this.option = option;
        }

        String tag() {
            return "localhost/parley:" + name().toLowerCase(Locale.ROOT);
        }

        private String contents() {
            return this == JVM ? "quarkus-app" : "parley-.*-runner";
        }

        void build(Containers containers) throws IOException {
            try (Stream<Path> built = Files.list(Path.of("target"))) {
                assumeTrue(
                        built.anyMatch(file -> file.getFileName().toString().matches(contents())),
                        "target/" + contents() + " was not built");
            }
            if (BUILT.contains(this)) {
                return;
            }
            List<String> bases = this == JVM
                    ? List.of("JRE=" + containers.makeBaseWithJava())
                    : List.of("FILES=" + containers.makeBase(), "BASE=" + containers.makeBaseOfLibraries());
            containers.build(
                    tag(),
                    "src/main/docker/Dockerfile." + name().toLowerCase(Locale.ROOT),
                    Stream.concat(bases.stream(), Stream.of("VERSION=" + VERSION))
                            .toArray(String[]::new));
            BUILT.add(this);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theImageRunsAsTheGuideDescribes(Image image, @TempDir Path data) throws IOException {
        Containers containers = requireNonNull(ContainerIT.containers);
        image.build(containers);
        assertDescribed(new ObjectMapper()
                .readTree(containers.podman("image", "inspect", image.tag()))
                .get(0));
        // Docker and podman do this for a named volume.
        Program.run("chown", USER + ":" + USER, data.toString()).succeeded();

        List<AcknowledgedSession> sessions;
        ParleyClient client = start(image, NAME, "--volume=" + data + ":/data");
        assertUnprivileged();
        assertThat(containers.podman("healthcheck", "run", NAME)).isEmpty();
        try (ConcurrentPeers peers = ConcurrentPeers.actingOn(client, 4, 3, 100)) {
            peers.awaitAcknowledgements();
            assertThat(containers.podman("stop", "--time", "30", NAME)).doesNotContain("SIGKILL");
            peers.awaitSilence();
            sessions = peers.sessions();
        }
        String log = containers.podman("logs", NAME);
        assertThat(containers.podman("inspect", "--format", "{{.State.ExitCode}}", NAME))
                .as(log)
                .isIn("0", "143");
        assertThat(log).contains("Stopped").doesNotContain("ERROR");
        containers.podman("rm", NAME);

        assertThat(containers.podmanRun(
                        image.option, "--rm", "-v", data + ":/data", "-e", "PARLEY_ACCESS=open", image.tag(), "doctor"))
                .contains("ok       schema", "none damaged")
                .doesNotContain("fault");

        ParleyClient again = start(image, NAME, "--volume=" + data + ":/data");
        sessions.forEach(session -> session.assertKeptBy(again));
        containers.podman("rm", "--force", "--time", "30", NAME);
    }

    /** Two nodes over a primary and a standby; one of them stops under load. */
    @ParameterizedTest
    @EnumSource
    void twoNodesShareAStoreInPostgresql(Image image) throws IOException {
        Containers containers = requireNonNull(ContainerIT.containers);
        image.build(containers);
        try (PostgresCluster cluster = PostgresCluster.ofTwo()) {
            String[] settings = {
                "--env=PARLEY_STORE_URL=" + cluster.url(),
                "--env=PARLEY_STORE_REPLICAS=copy@here=" + cluster.standby().url(),
                "--env=PARLEY_HTTP_DRAIN=1s"
            };
            ParleyClient one = start(image, NAME, settings);
            ParleyClient two = start(image, OTHER_NAME, settings);
            try (ConcurrentPeers peers = ConcurrentPeers.actingOn(one, 4, 3, 100)) {
                peers.awaitAcknowledgements();
                assertThat(containers.podman("stop", "--time", "60", NAME)).doesNotContain("SIGKILL");
                peers.awaitSilence();
                assertThat(peers.sessions()).isNotEmpty().allSatisfy(session -> session.assertKeptBy(two));
            }
            assertThat(containers.podman("inspect", "--format", "{{.State.ExitCode}}", NAME))
                    .isIn("0", "143");
        } finally {
            containers.podman("rm", "--force", "--all", "--time", "30");
        }
    }

    private static void assertDescribed(JsonNode image) {
        JsonNode config = image.required("Config");
        assertThat(config.required("User").textValue()).isEqualTo(USER + ":" + USER);
        assertThat(config.required("StopSignal").textValue()).isIn("SIGTERM", "15");
        assertThat(config.required("Labels")
                        .path("org.opencontainers.image.title")
                        .textValue())
                .isEqualTo("Parley");
        assertThat(config.required("Labels")
                        .path("org.opencontainers.image.version")
                        .textValue())
                .isEqualTo(VERSION);
        assertThat(image.required("Healthcheck").toString()).containsAnyOf("/opt/parley/bin/healthy", "health");
    }

    private static ParleyClient start(Image image, String name, String... options) {
        int port = FreePort.choose();
        List<String> arguments = new ArrayList<>(List.of(
                image.option,
                "--detach",
                "--name=" + name,
                "--env=PARLEY_ACCESS=open",
                "--env=PARLEY_LIMITS_MISSES_PER_ADDRESS=0",
                "--env=QUARKUS_HTTP_HOST=127.0.0.1", // the network of this machine has other servers
                "--env=QUARKUS_HTTP_PORT=" + port,
                "--env=QUARKUS_MANAGEMENT_HOST=127.0.0.1",
                "--env=QUARKUS_MANAGEMENT_PORT=" + FreePort.choose()));
        arguments.addAll(List.of(options));
        arguments.add(image.tag());
        requireNonNull(containers).podmanRun(arguments.toArray(String[]::new));
        var client = new ParleyClient(URI.create("http://127.0.0.1:" + port));
        await().atMost(START_MAX)
                .ignoreExceptionsMatching(NoReply.class::isInstance)
                .until(() -> client.health().status() == 200);
        return client;
    }

    /** The process runs as the user of the image, without any capability. */
    private static void assertUnprivileged() throws IOException {
        String pid = requireNonNull(containers).podman("inspect", "--format", "{{.State.Pid}}", NAME);
        assertThat(Files.readAllLines(Path.of("/proc", pid, "status")))
                .anyMatch(line -> line.matches("Uid:(\\s+" + USER + "){4}"))
                .anyMatch(line -> line.matches("Gid:(\\s+" + USER + "){4}"))
                .anyMatch(line -> line.matches("CapEff:\\s+0+"));
    }
}
