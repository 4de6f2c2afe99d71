package dev.parley.packaged.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The machine's own nginx, with servers that a test defines; all of its files are in one folder. */
final class Nginx {
    private static final Path DEBIANS = Path.of("/usr/sbin/nginx");

    /** Debian's defaults for these paths belong to the system. The workers of a master would outlive it if it were killed. */
    private static final String CONFIGURATION = """
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

    private Nginx() {}

    /** Where Debian's package puts it. */
    static Optional<Path> installed() {
        return Optional.of(DEBIANS).filter(Files::isExecutable);
    }

    /**
     * Starts it and waits until it listens.
     *
     * @param folder where its configuration and its log are left
     * @param servers the directives within {@code http}
     * @param port one of those on which the servers listen
     */
    static ServerProcess start(Path executable, Path folder, String servers, int port) {
        Path prefix = folder.toAbsolutePath();
        try {
            Path configuration = Files.writeString(prefix.resolve("nginx.conf"), CONFIGURATION.formatted(servers));
            var command = new ProcessBuilder(
                    executable.toString(), "-p", prefix.toString(), "-c", configuration.toString(), "-e", "stderr");
            return ServerProcess.start(command, port, prefix.resolve("nginx.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
