package dev.parley.packaged.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The machine's own Caddy, which signs certificates itself; all of its files are in one folder. */
final class Caddy {
    private static final Path DEBIANS = Path.of("/usr/bin/caddy");

    private static final String OPTIONS = """
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

    private Caddy() {}

    /** Where Debian's package puts it. */
    static Optional<Path> installed() {
        return Optional.of(DEBIANS).filter(Files::isExecutable);
    }

    /**
     * Starts it and waits until it listens.
     *
     * @param folder where its configuration, its certificates and its log are left
     * @param sites the Caddyfile behind its global options
     * @param port where the sites are served by TLS
     */
    static ServerProcess start(Path executable, Path folder, String sites, int port) {
        Path home = folder.toAbsolutePath();
        try {
            Path configuration = Files.writeString(home.resolve("Caddyfile"), OPTIONS.formatted(port) + sites);
            var command = new ProcessBuilder(
                    executable.toString(), "run", "--config", configuration.toString(), "--adapter", "caddyfile");
            command.environment().put("XDG_CONFIG_HOME", home.toString());
            command.environment().put("XDG_DATA_HOME", home.toString());
            return ServerProcess.start(command, port, home.resolve("caddy.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
