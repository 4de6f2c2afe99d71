package dev.parley.packaged.browser;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A server of the machine's own, in one process that ends with the test. */
final class ServerProcess implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofMinutes(2);
    private static final int STOP_SECONDS_MAX = 120;

    private final Process process;

    private ServerProcess(Process process) {
        this.process = process;
    }

    /** Starts {@code command}, and waits until it listens on {@code port}; it leaves what it prints in {@code log}. */
    static ServerProcess start(ProcessBuilder command, int port, Path log) {
        try {
            Process process = command.redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            var server = new ServerProcess(process);
            await("a server on port %d; its log is %s".formatted(port, log))
                    .atMost(START_MAX)
                    .failFast("The server has ended; its log is " + log, () -> !process.isAlive())
                    .until(() -> listens(port));
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean listens(int port) {
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
