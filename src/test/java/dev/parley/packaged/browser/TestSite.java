package dev.parley.packaged.browser;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A web server for the files of a folder, with an origin of its own. */
final class TestSite implements AutoCloseable {
    private static final Map<String, String> CONTENT_TYPES = Map.of("html", "text/html", "js", "text/javascript");
    private static final Path PAGES_OF_TESTS = Path.of("target/test-classes/browser");

    private final HttpServer server;

    private TestSite(HttpServer server) {
        this.server = server;
    }

    static TestSite open() {
        return open(PAGES_OF_TESTS);
    }

    static TestSite open(Path folder) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> serve(exchange, folder));
            server.start();
            return new TestSite(server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String origin() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static void serve(HttpExchange exchange, Path folder) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Path file = folder.resolve(path.substring(1));
        try (exchange) {
            String type = CONTENT_TYPES.get(path.substring(path.lastIndexOf('.') + 1));
            if (type == null || !Files.exists(file)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
            exchange.sendResponseHeaders(200, 0);
            Files.copy(file, exchange.getResponseBody());
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
