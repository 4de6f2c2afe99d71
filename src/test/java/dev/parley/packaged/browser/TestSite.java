package dev.parley.packaged.browser;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;

/** A web server for the files of {@code browser/}, with an origin of its own. */
final class TestSite implements AutoCloseable {
    private static final Map<String, String> CONTENT_TYPES = Map.of("html", "text/html", "js", "text/javascript");

    private final HttpServer server;

    private TestSite(HttpServer server) {
        this.server = server;
    }

    static TestSite open() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", TestSite::serve);
            server.start();
            return new TestSite(server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String origin() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        try (exchange;
                InputStream file = TestSite.class.getResourceAsStream("/browser" + path)) {
            String type = CONTENT_TYPES.get(path.substring(path.lastIndexOf('.') + 1));
            if (file == null || type == null) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
            exchange.sendResponseHeaders(200, 0);
            file.transferTo(exchange.getResponseBody());
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
