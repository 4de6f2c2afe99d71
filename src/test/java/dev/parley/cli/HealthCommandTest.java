package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.parley.FreePort;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class HealthCommandTest {
    private final StringWriter errors = new StringWriter();

    @ParameterizedTest
    @CsvSource({"200, 0", "503, 1", "404, 1"})
    void theStatusDecidesTheExitCode(int status, int exitCode) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/health", request -> {
            request.sendResponseHeaders(status, -1);
            request.close();
        });
        server.start();
        try {
            assertThat(check(server.getAddress().getPort())).isEqualTo(exitCode);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aServerThatDoesNotListenIsReportedInOneLine() {
        int port = FreePort.choose();

        assertThat(check(port)).isEqualTo(1);
        assertThat(errors.toString().lines()).singleElement().asString().contains("127.0.0.1:" + port);
    }

    private int check(int port) {
        return new CommandLine(new HealthCommand())
                .setErr(new PrintWriter(errors, true))
                .execute("--port", Integer.toString(port));
    }
}
