package dev.parley.cli;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Asks the server of this machine for its health, for images without a shell. It runs without the framework, so that it starts fast. */
@Command(
        name = HealthCommand.NAME,
        description =
                "Check whether the server on this machine is healthy: whether GET /health returns 200 within 3 seconds.",
        footer = {"", "Exit code 1: it does not; the reason is on standard error."},
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class HealthCommand implements Callable<Integer> {
    public static final String NAME = "health";

    private static final int TIMEOUT_MILLIS = 3_000;

    @Option(
            names = "--port",
            defaultValue = "${sys:quarkus.http.port:-${env:QUARKUS_HTTP_PORT:-8080}}",
            description = "The server's port on the loopback (default: QUARKUS_HTTP_PORT, or 8080).")
    int port;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() {
        URI uri = URI.create("http://127.0.0.1:" + port + "/health");
        String problem;
        try {
            var connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            int status = connection.getResponseCode();
            if (status == HttpURLConnection.HTTP_OK) {
                return 0;
            }
            problem = "status " + status;
        } catch (IOException e) {
            problem = String.valueOf(e.getMessage());
        }
        spec.commandLine().getErr().println("parley: " + uri + " is not healthy: " + problem);
        return 1;
    }
}
