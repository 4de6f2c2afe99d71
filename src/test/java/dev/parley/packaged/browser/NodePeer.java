package dev.parley.packaged.browser;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.parley.guides.Guide;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A peer in Node 20 or newer, with parley.js and a WebRTC implementation of npm: the lines for Node in the guide to the browser client,
 * then {@code node/peer.mjs}.
 */
final class NodePeer implements AutoCloseable {
    private static final Path FOLDER = Path.of("target", "node-peer");
    private static final Duration INSTALL_MAX = Duration.ofMinutes(3);
    private static final Duration WAIT_MAX = Duration.ofMinutes(2);

    /** The implementations of WebRTC. */
    enum Implementation {
        ROAMHQ("@roamhq/wrtc@0.10.0", "import wrtc from '@roamhq/wrtc'"),
        WERIFT("werift@0.24.4", "import * as wrtc from 'werift'"),
        NODE_DATACHANNEL("node-datachannel@0.33.4", "import * as wrtc from 'node-datachannel/polyfill'");

        private final String artifact;
        private final String statement;

        Implementation(String artifact, String statement) {
            this.artifact = artifact;
            this.statement = statement;
        }

        private Path folder() {
            return FOLDER.resolve("node_modules").resolve(artifact.substring(0, artifact.lastIndexOf('@')));
        }
    }

    private final Process process;
    private final Path output;

    private NodePeer(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Skips the test without Node 20, npm or an npm registry. */
    static void assumeInstalled() {
        if (run("node", "--eval", "process.exit(Number(process.versions.node.split('.')[0]) >= 20 ? 0 : 1)") != 0) {
            abort("No Node 20 or newer on the PATH; Debian's package is called nodejs");
        }
        if (Stream.of(Implementation.values()).allMatch(one -> Files.exists(one.folder()))) {
            return;
        }
        var install = new ArrayList<>(List.of(
                "npm", "install", "--no-save", "--no-audit", "--no-fund", "--fetch-retries=1", "--prefix", "."));
        Stream.of(Implementation.values()).map(one -> one.artifact).forEach(install::add);
        if (run(install.toArray(String[]::new)) != 0) {
            abort("npm cannot install the implementations of WebRTC; see " + FOLDER.resolve("run.log"));
        }
    }

    /** @param part {@code host} or {@code join} */
    static NodePeer start(Implementation webrtc, URI service, String namespace, String topic, String part) {
        try (InputStream client = service.resolve("/parley.js").toURL().openStream();
                InputStream rest = NodePeer.class.getResourceAsStream("/node/peer.mjs")) {
            String lines = Guide.named("browser-client.md")
                    .block("js node")
                    .replace("http://127.0.0.1:8080", service.toString())
                    .replace("https://chess.example", namespace)
                    .replace("import wrtc from '@roamhq/wrtc'", webrtc.statement)
                    .replace("topic: 'chess'", "topic: '" + topic + "'");
            Files.copy(client, FOLDER.resolve("parley.mjs"), StandardCopyOption.REPLACE_EXISTING);
            Files.writeString(
                    FOLDER.resolve("peer.mjs"), lines + new String(rest.readAllBytes(), StandardCharsets.UTF_8));
            Path output = FOLDER.resolve(part + ".log");
            List<String> command = webrtc == Implementation.NODE_DATACHANNEL
                    ? List.of("env", "WAIT_FOR_OPEN=1", "node", "peer.mjs", part)
                    : List.of("node", "peer.mjs", part);
            return new NodePeer(launch(output, command.toArray(String[]::new)), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for a line that begins with {@code words}; returns the rest of the line. */
    String await(String words) {
        return Awaitility.await("Node prints \"" + words + "\"")
                .atMost(WAIT_MAX)
                .failFast(
                        "Node has ended; see " + output,
                        () -> !process.isAlive() && lines().stream().noneMatch(line -> line.startsWith(words)))
                .until(
                        () -> lines().stream()
                                .filter(line -> line.startsWith(words))
                                .map(line -> line.substring(words.length()))
                                .findFirst()
                                .orElse(""),
                        rest -> !rest.isEmpty());
    }

    /** Its exit code: nothing that parley.js leaves behind keeps Node alive. */
    int awaitEnd() throws InterruptedException {
        return process.waitFor(WAIT_MAX.toSeconds(), TimeUnit.SECONDS) ? process.exitValue() : -1;
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int run(String... command) {
        try {
            Process process = launch(Files.createDirectories(FOLDER).resolve("run.log"), command);
            if (process.waitFor(INSTALL_MAX.toSeconds(), TimeUnit.SECONDS)) {
                return process.exitValue();
            }
            process.destroyForcibly();
            return -1;
        } catch (IOException e) {
            return -1; // there is no such program
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Process launch(Path output, String... command) throws IOException {
        return new ProcessBuilder(command)
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
