package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that wait, in the packaged service: an orderly stop ends them politely, and no timeout of a connection cuts them. */
@Tag("slow")
class WaitingIT {
    private static final int SILENCE_MAX_MILLIS = 120_000;
    private static final Duration STOP_MAX = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    @Test
    void aStopAnswersWaitingRequestsAndEndsStreams() throws IOException {
        try (RunningParley parley = jar().start()) {
            parley.client().open("a-session", "the-own-secret-of-an-offerer", "an offer", List.of());
            var polls = new ArrayList<Socket>();
            var streams = new ArrayList<Socket>();
            for (int i = 0; i < 10; i++) {
                polls.add(send(parley.uri(), "Prefer: wait=25"));
                streams.add(send(parley.uri(), "Accept: text/event-stream"));
            }
            for (Socket stream : streams) {
                assertThat(readUntil(stream, "retry: ")).startsWith("HTTP/1.1 200 ");
            }
            long start = System.nanoTime();
            parley.terminate();
            for (Socket poll : polls) {
                assertThat(rest(poll)).startsWith("HTTP/1.1 200 ").contains("{\"events\":[],\"next\":1}");
            }
            for (Socket stream : streams) {
                assertThat(rest(stream)).contains(": stopping\n\n").endsWith("0\r\n\r\n");
            }
            assertThat(parley.awaitExit().code()).isIn(0, 143);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(STOP_MAX);
            assertThat(parley.log()).doesNotContain("ERROR");
        }
    }

    @Test
    void aWaitingConnectionIsNotIdle() throws IOException {
        ParleyJar impatient = jar().with("QUARKUS_HTTP_IDLE_TIMEOUT", "4s")
                .with("PARLEY_WAITING_MAX", "3s")
                .with("PARLEY_WAITING_KEEP_ALIVE", "3s");
        try (RunningParley parley = impatient.start()) {
            parley.client().open("a-session", "the-own-secret-of-an-offerer", "an offer", List.of());
            Socket stream = send(parley.uri(), "Accept: text/event-stream");
            assertThat(rest(send(parley.uri(), "Prefer: wait=25\r\nConnection: close")))
                    .contains("{\"events\":[],\"next\":1}");
            assertThat(readUntil(stream, ": still here\n\n: still here\n\n")).isNotEmpty();
        }
    }

    private ParleyJar jar() {
        return ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:parley.db").startingFast();
    }

    private static Socket send(URI server, String header) throws IOException {
        var socket = new Socket(server.getHost(), server.getPort());
        socket.setSoTimeout(SILENCE_MAX_MILLIS);
        String request = "GET /api/v1/sessions/a-session/events?after=1 HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** What comes up to and with {@code text}, the sizes of chunks left out. */
    private static String readUntil(Socket socket, String text) throws IOException {
        var read = new StringBuilder();
        while (!read.toString().replaceAll("\r\n[0-9a-f]+\r\n", "").contains(text)) {
            int c = socket.getInputStream().read();
            assertThat(c).as("the connection ends after %s", read).isNotNegative();
            read.append((char) c);
        }
        return read.toString();
    }

    private static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
