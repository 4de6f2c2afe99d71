package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.FreePort;
import dev.parley.store.postgresql.PostgresCluster;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: nodes are replaced under load without a failed request. Method: three packaged nodes over one PostgreSQL database behind Caddy
 * with the configuration of the compose file; each is stopped by SIGTERM and started again while peers complete handshakes and wait
 * for events through the proxy, over HTTP and over channels.
 */
@Tag("slow")
class RollingUpdateIT {
    private static final Path CADDY = Path.of("/usr/bin/caddy");
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final int NODES = 3;
    private static final int SOME_HANDSHAKES = 20;

    /** Two seconds, and more on a busy machine. */
    private static final Duration BACK_MAX = Duration.ofSeconds(10);

    /** Many times the interval of the proxy's health checks, for busy machines. */
    private static final String DRAIN = "6s";

    /** The one of the compose file, with addresses of this test. */
    private static final Path CADDYFILE = Path.of("src/main/docker/compose/Caddyfile");

    private static final String LISTEN = "http://:8080";
    private static final String UPSTREAMS = "parley-1:8080 parley-2:8080";

    @TempDir
    Path folder;

    private final List<RunningParley> nodes = new ArrayList<>();
    private ParleyJar jar;
    private Process proxy;
    private URI service;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(Files.isExecutable(CADDY), "There is no " + CADDY);
        jar = ParleyJar.in(folder)
                .with("PARLEY_STORE_URL", PostgresCluster.shared().url())
                .with("PARLEY_HTTP_DRAIN", DRAIN);
        for (int i = 0; i < NODES; i++) {
            nodes.add(jar.start());
        }
        startProxy();
    }

    private void startProxy() throws IOException {
        int port = FreePort.choose();
        service = URI.create("http://127.0.0.1:" + port);
        String upstreams = nodes.stream().map(node -> node.uri().getAuthority()).collect(Collectors.joining(" "));
        String shipped = Files.readString(CADDYFILE);
        assertThat(shipped).contains(LISTEN, UPSTREAMS);
        Path caddyfile = Files.writeString(
                folder.resolve("Caddyfile"),
                shipped.replace(LISTEN, "http://127.0.0.1:" + port).replace(UPSTREAMS, upstreams));
        var command =
                new ProcessBuilder(CADDY.toString(), "run", "--config", caddyfile.toString(), "--adapter", "caddyfile");
        command.environment().put("XDG_CONFIG_HOME", folder.toString());
        command.environment().put("XDG_DATA_HOME", folder.toString());
        proxy = command.redirectErrorStream(true)
                .redirectOutput(folder.resolve("caddy.log").toFile())
                .start();
        await("the proxy")
                .atMost(DEADLINE)
                .ignoreExceptionsMatching(NoReply.class::isInstance)
                .until(() -> new ParleyClient(service).health().status() == 200);
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (proxy != null) {
            proxy.destroyForcibly().waitFor();
        }
        nodes.forEach(RunningParley::close);
    }

    @Test
    void aRollingUpdateUnderLoadFailsNoRequestAndLosesNothing() {
        try (HandshakeLoad load = HandshakeLoad.on(service)) {
            for (int i = 0; i < NODES; i++) {
                load.awaitHandshakes(SOME_HANDSHAKES);
                replace(i);
                load.wakeWatchers();
            }
            load.awaitHandshakes(SOME_HANDSHAKES);
            load.leave();

            Duration longest = load.absences().stream().max(Duration::compareTo).orElse(Duration.ZERO);
            System.out.printf(
                    "RollingUpdateIT: %d handshakes; %d channels were closed, and back within %d ms%n",
                    load.handshakes(), load.absences().size(), longest.toMillis());
            assertThat(load.failures()).isEmpty();
            assertThat(load.absences()).as("each node had some of the channels").isNotEmpty();
            assertThat(longest).isLessThan(BACK_MAX);
            load.assertKeptBy(nodes.get(0).client());
        }
    }

    /** Waits until the new process receives requests. */
    private void replace(int i) {
        RunningParley old = nodes.get(i);
        ProcessExit exit = old.stop();
        assertThat(exit.code()).isIn(0, 143);
        assertThat(exit.err()).contains("Draining for 6 s", "Stopped").doesNotContain("ERROR");
        RunningParley fresh = jar.startOn(old.uri().getPort());
        nodes.set(i, fresh);
        await().atMost(DEADLINE)
                .until(() -> fresh.operators().get("/q/metrics").text().contains("path=\"/api/v1/sessions\""));
    }
}
