package dev.parley.browser;

import static org.awaitility.Awaitility.await;

import dev.parley.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A TURN server on the loopback, the machine's own coturn, which knows no users but a secret. */
final class Coturn implements AutoCloseable {
    private static final Path DEBIANS = Path.of("/usr/bin/turnserver");
    private static final int STOP_SECONDS_MAX = 10;

    private final Process process;
    private final int port;

    private Coturn(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Where Debian's package puts it. */
    static Optional<Path> installed() {
        return Optional.of(DEBIANS).filter(Files::isExecutable);
    }

    /** Starts it on a free port, and waits until it listens; it leaves its log in {@code folder}. */
    static Coturn start(Path executable, Path folder, String secret) {
        int port = FreePort.choose();
        Path log = folder.resolve("coturn.log").toAbsolutePath();
        var command = new ProcessBuilder(
                executable.toString(),
                "-n", // no configuration but this
                "--listening-ip=127.0.0.1",
                "--relay-ip=127.0.0.1",
                "--listening-port=" + port,
                "--allow-loopback-peers",
                "--use-auth-secret",
                "--static-auth-secret=" + secret,
                "--realm=parley.example",
                "--userdb=" + folder.resolve("coturn.db").toAbsolutePath(),
                "--pidfile=" + folder.resolve("coturn.pid").toAbsolutePath(),
                "--log-file=stdout",
                "--no-cli",
                "--no-tls",
                "--no-dtls");
        try {
            Process process = command.redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            var coturn = new Coturn(process, port);
            await("coturn listens; its log is " + log)
                    .failFast("coturn has ended; its log is " + log, () -> !process.isAlive())
                    .until(coturn::listens);
            return coturn;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String uri() {
        return "turn:127.0.0.1:" + port + "?transport=udp";
    }

    private boolean listens() {
        try (var probe = new Socket()) {
            probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
