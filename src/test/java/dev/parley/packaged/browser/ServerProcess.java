package dev.parley.packaged.browser;

import static org.awaitility.Awaitility.await;

import dev.parley.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A server program that is installed on this machine, in one process that ends with the test. Its files are in one folder. */
final class ServerProcess implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofMinutes(2);
    private static final int STOP_SECONDS_MAX = 120;

    /** The paths of Debian's packages. */
    static final Path NGINX = Path.of("/usr/sbin/nginx");

    static final Path CADDY = Path.of("/usr/bin/caddy");
    static final Path COTURN = Path.of("/usr/bin/turnserver");

    /** Debian's defaults for these paths belong to the system. The workers of a master would outlive it if it were killed. */
    private static final String NGINX_CONFIGURATION = """
            daemon off;
            master_process off;
            pid nginx.pid;
            events {}
            http {
                access_log off;
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
                types { text/html html; text/javascript js; }
            %s
            }
            """;

    private static final String CADDY_OPTIONS = """
            {
                admin off
                local_certs
                skip_install_trust
                auto_https disable_redirects
                default_bind 127.0.0.1
                https_port %d
                servers {
                    protocols h1 h2
                }
            }
            """;

    private final Process process;
    private final int port;

    private ServerProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * nginx.
     *
     * @param servers the directives within {@code http}
     * @param port one of those on which the servers listen
     */
    static ServerProcess nginx(Path folder, String servers, int port) {
        Path home = folder.toAbsolutePath();
        Path configuration = write(home.resolve("nginx.conf"), NGINX_CONFIGURATION.formatted(servers));
        return start(
                new ProcessBuilder(
                        NGINX.toString(), "-p", home.toString(), "-c", configuration.toString(), "-e", "stderr"),
                port,
                home.resolve("nginx.log"));
    }

    /**
     * Caddy, which signs its certificates itself.
     *
     * @param sites the Caddyfile after its global options
     * @param port the TLS port of the sites
     */
    static ServerProcess caddy(Path folder, String sites, int port) {
        Path home = folder.toAbsolutePath();
        Path configuration = write(home.resolve("Caddyfile"), CADDY_OPTIONS.formatted(port) + sites);
        var command = new ProcessBuilder(
                CADDY.toString(), "run", "--config", configuration.toString(), "--adapter", "caddyfile");
        command.environment().put("XDG_CONFIG_HOME", home.toString());
        command.environment().put("XDG_DATA_HOME", home.toString());
        return start(command, port, home.resolve("caddy.log"));
    }

    /** coturn on the loopback, which accepts credentials of {@code secret} only. */
    static ServerProcess coturn(Path folder, String secret) {
        int port = FreePort.choose();
        var command = new ProcessBuilder(
                COTURN.toString(),
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
        return start(command, port, folder.resolve("coturn.log"));
    }

    private static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    private static ServerProcess start(ProcessBuilder command, int port, Path log) {
        try {
            Process process = command.redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            var server = new ServerProcess(process, port);
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
