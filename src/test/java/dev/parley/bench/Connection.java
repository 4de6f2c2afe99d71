package dev.parley.bench;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One connection, and a thread that waits for what comes; for loads in which the moment counts and not the number. */
final class Connection implements Closeable {
    private static final int SILENCE_MAX_MILLIS = 60_000;

    private final URI server;
    private final Socket socket;
    private final InputStream in;

    Connection(URI server) throws IOException {
        this.server = server;
        this.socket = new Socket(server.getHost(), server.getPort());
        this.socket.setTcpNoDelay(true);
        this.socket.setSoTimeout(SILENCE_MAX_MILLIS);
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    void send(LoadRequest call) throws IOException {
        byte[] body = call.body().getBytes(StandardCharsets.UTF_8);
        var head = new StringBuilder()
                .append(call.method())
                .append(' ')
                .append(call.path())
                .append(" HTTP/1.1\r\nHost: ")
                .append(server.getAuthority())
                .append("\r\n");
        call.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        if (body.length > 0) {
            head.append("Content-Type: application/json\r\nContent-Length: ")
                    .append(body.length)
                    .append("\r\n");
        }
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        var request = new byte[start.length + body.length];
        System.arraycopy(start, 0, request, 0, start.length);
        System.arraycopy(body, 0, request, start.length, body.length);
        socket.getOutputStream().write(request);
    }

    /** What came back to a call. */
    record Reply(int status, String body) {}

    /** Waits for a whole reply; fails where its status is not one that the call expects. */
    Reply receive(LoadRequest call) throws IOException {
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        int length = 0;
        for (String line = line(); !line.isEmpty(); line = line()) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
            }
        }
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        if (!call.statuses().contains(status)) {
            throw new IOException(call.method() + " " + call.path() + " gave " + status + ": " + body);
        }
        return new Reply(status, body);
    }

    /** Waits for a line that begins so, in a reply that does not end. */
    void awaitLine(String beginning) throws IOException {
        for (String line = line(); !line.startsWith(beginning); line = line()) {
            // what comes before is of no interest
        }
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("The connection has ended");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
