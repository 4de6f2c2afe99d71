package dev.parley.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A connection on which a test sends any bytes, which a client library would correct. */
public final class RawConnection implements Closeable {
    private static final int SILENCE_MAX_MILLIS = 60_000;

    private final Socket socket;
    private final InputStream in;

    public RawConnection() throws IOException {
        this("127.0.0.1");
    }

    /** @param address the loopback address of the client */
    public RawConnection(String address) throws IOException {
        URI service = TestClient.service();
        socket = new Socket(service.getHost(), service.getPort(), InetAddress.getByName(address), 0);
        socket.setSoTimeout(SILENCE_MAX_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** The reply to one request, after which the connection ends; empty if the service closes the connection without a reply. */
    static Optional<HttpReply> exchange(String request) throws IOException {
        try (var connection = new RawConnection()) {
            return connection.send(request).receive(request.startsWith("HEAD "));
        }
    }

    /** Sends {@code bytes}, each character one byte. If the service has closed the connection, receiving the reply reports it. */
    public RawConnection send(String bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
            socket.getOutputStream().flush();
        } catch (SocketException closed) {
            // receive() reads what was sent before
        }
        return this;
    }

    public Optional<HttpReply> receive() throws IOException {
        return receive(false);
    }

    public Optional<HttpReply> receive(boolean headOnly) throws IOException {
        String statusLine = line();
        if (statusLine.isEmpty()) {
            return Optional.empty();
        }
        Map<String, List<String>> fields = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            fields.computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        var headers = HttpHeaders.of(fields, (name, value) -> true);
        byte[] body = headOnly ? new byte[0] : body(headers);
        return Optional.of(new HttpReply(Integer.parseInt(statusLine.split(" ")[1]), headers, body));
    }

    /** The whole body; empty for a stream, which has no end. */
    private byte[] body(HttpHeaders headers) throws IOException {
        boolean chunked = headers.firstValue("Transfer-Encoding").isPresent();
        if (!chunked) {
            return in.readNBytes(
                    (int) headers.firstValueAsLong("Content-Length").orElse(0));
        }
        var body = new ByteArrayOutputStream();
        if (headers.firstValue("Content-Type")
                .filter(type -> type.startsWith("text/event-stream"))
                .isEmpty()) {
            for (int size = chunkSize(); size > 0; size = chunkSize()) {
                body.write(in.readNBytes(size));
                line();
            }
            line();
        }
        return body.toByteArray();
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    /** One line without its end; empty at the end of the head and at the end of the connection. */
    String line() throws IOException {
        var line = new StringBuilder();
        try {
            for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
                if (c != '\r') {
                    line.append((char) c);
                }
            }
        } catch (SocketException reset) {
            // the connection has ended
        }
        return line.toString();
    }

    /** Whether the service has ended the connection, or does so now. */
    boolean ends() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
