package dev.parley.packaged.browser;

import dev.parley.FreePort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A TURN server on the loopback, the machine's own coturn, which knows no users but a secret. */
final class Coturn implements AutoCloseable {
    private static final Path DEBIANS = Path.of("/usr/bin/turnserver");

    private final ServerProcess process;
    private final int port;

    private Coturn(ServerProcess process, int port) {
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
        return new Coturn(ServerProcess.start(command, port, folder.resolve("coturn.log")), port);
    }

    String uri() {
        return "turn:127.0.0.1:" + port + "?transport=udp";
    }

    @Override
    public void close() {
        process.close();
    }
}
