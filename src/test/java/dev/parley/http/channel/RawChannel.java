package dev.parley.http.channel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.parley.http.TestClient;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** A client of the channel that sends any frames (RFC 6455, section 5.2), replies to no ping, and reads only when it is told to. */
final class RawChannel implements Closeable {
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;

    private static final int SILENCE_MAX_MILLIS = 120_000;
    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;

    private final Socket socket;
    private final DataInputStream in;

    /** @param address of the client, as a trusted proxy forwards it */
    RawChannel(String address) throws IOException {
        this(address, null);
    }

    /** @param origin of the client; null for none */
    RawChannel(String address, @Nullable String origin) throws IOException {
        URI service = TestClient.service();
        socket = new Socket(service.getHost(), service.getPort());
        socket.setSoTimeout(SILENCE_MAX_MILLIS);
        in = new DataInputStream(socket.getInputStream());
        send(("GET /api/v1/channel HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: parley.v1\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Forwarded-For: " + address + "\r\n"
                        + (origin == null ? "" : "Origin: " + origin + "\r\n") + "\r\n")
                .getBytes(ISO_8859_1));
        var head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            head.append((char) in.readUnsignedByte());
        }
        if (!head.toString().startsWith("HTTP/1.1 101 ")) {
            throw new IOException(head.toString());
        }
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void sendText(String text) throws IOException {
        send(frame(TEXT, true, text.getBytes(UTF_8)));
    }

    /** One whole message as a frame, masked with zeros. */
    static byte[] frame(int opcode, boolean masked, byte[] payload) {
        var frame = new ByteArrayOutputStream();
        int mask = masked ? MASKED : 0;
        frame.write(FINAL | opcode);
        if (payload.length < 126) {
            frame.write(mask | payload.length);
        } else if (payload.length < 65_536) {
            frame.write(mask | 126);
            frame.write(payload.length >> 8);
            frame.write(payload.length);
        } else {
            frame.write(mask | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                frame.write((int) ((long) payload.length >> shift));
            }
        }
        frame.writeBytes(new byte[masked ? 4 : 0]);
        frame.writeBytes(payload);
        return frame.toByteArray();
    }

    /** Reads to the end; returns the code of the close frame, or -1 without one. */
    int closeCode() throws IOException {
        Frame frame = next();
        while (frame != null && frame.opcode != CLOSE) {
            frame = next();
        }
        if (frame == null) {
            return -1;
        }
        byte[] payload = frame.payload;
        return payload.length < 2 ? 1005 : (payload[0] & 0xff) << 8 | (payload[1] & 0xff);
    }

    /** The next message; null if the channel is closed. */
    @Nullable
    String nextText() throws IOException {
        Frame frame = next();
        while (frame != null && frame.opcode != CLOSE && frame.opcode != TEXT) {
            frame = next();
        }
        return frame == null || frame.opcode == CLOSE ? null : new String(frame.payload, UTF_8);
    }

    @SuppressWarnings("ArrayRecordComponent") // no frame is compared with another
    private record Frame(int opcode, byte[] payload) {}

    private @Nullable Frame next() throws IOException {
        try {
            int opcode = in.readUnsignedByte() & 0xf;
            long length = in.readUnsignedByte();
            if (length == 126) {
                length = in.readUnsignedShort();
            } else if (length == 127) {
                length = in.readLong();
            }
            return new Frame(opcode, in.readNBytes((int) length));
        } catch (EOFException | SocketException end) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
