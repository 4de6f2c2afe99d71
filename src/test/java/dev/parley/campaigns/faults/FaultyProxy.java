package dev.parley.campaigns.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A proxy on the loopback that stands for a network of which one can expect anything but changed bytes. */
public final class FaultyProxy implements AutoCloseable {
    private static final int BUFFER = 8_192;
    private static final int DRIP_BYTES_MAX = 7;
    private static final long PAUSE_MILLIS_MAX = 40;

    /** What happens to what is sent. */
    public enum Weather {
        /** It arrives at once. */
        CLEAR,
        /** Each piece arrives up to 40 ms later. */
        DELAYING,
        /** It arrives a few bytes at a time, with pauses. */
        DRIPPING,
        /** It arrives, and then the connection is gone: sometimes right after it, sometimes a while later. */
        CUTTING,
        /** One direction ends, in order; the other stays open. */
        HALF_CLOSING,
        /** It does not arrive, and nothing says so. */
        SILENT
    }

    private final ServerSocket door;
    private final int port;
    private final Random random;
    private final Collection<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final AtomicInteger broken = new AtomicInteger();
    private volatile Weather weather = Weather.CLEAR;
    private volatile Duration roundTrip = Duration.ZERO;

    /** What one side has sent, and when it arrives at the other; no bytes are the end of what is sent. */
    @SuppressWarnings("ArrayRecordComponent") // no piece is compared with another
    private record Piece(byte[] bytes, boolean broken, long arrival) {}

    private FaultyProxy(ServerSocket door, int port, Random random) {
        this.door = door;
        this.port = port;
        this.random = random;
    }

    /** A wire to a server on {@code port} of the loopback. */
    public static FaultyProxy to(int port, Random random) throws IOException {
        var wire = new FaultyProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port, random);
        start("wire", wire::accept);
        return wire;
    }

    /** Where the server is found through this wire. */
    public int port() {
        return door.getLocalPort();
    }

    /** Changes the weather for every connection, those that there are and those to come. */
    public void set(Weather next) {
        weather = next;
    }

    /** Moves the server away: what is sent arrives half of {@code roundTrip} later, give or take a tenth, in its order. */
    public void stretch(Duration roundTrip) {
        this.roundTrip = roundTrip;
    }

    /** How many connections it has cut. */
    int broken() {
        return broken.get();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                var server = new Socket();
                sockets.add(client);
                sockets.add(server);
                try {
                    server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
                } catch (IOException e) {
                    end(client);
                    continue;
                }
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                long connected = System.nanoTime() + roundTrip.toNanos(); // the handshake of TCP
                start("wire-up", () -> pump(client, server, connected));
                start("wire-down", () -> pump(server, client, connected));
            } catch (IOException e) {
                // The door is closed.
            }
        }
    }

    private void pump(Socket from, Socket to, long connected) {
        var under = new LinkedBlockingQueue<Piece>();
        start("wire-end", () -> arrive(under, from, to));
        byte[] buffer = new byte[BUFFER];
        long arrival = connected;
        boolean broken = false;
        try {
            InputStream in = from.getInputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                arrival = arrival(arrival, connected);
                under.add(new Piece(Arrays.copyOf(buffer, count), false, arrival));
            }
        } catch (IOException e) {
            broken = true;
        }
        under.add(new Piece(new byte[0], broken, arrival(arrival, connected)));
    }

    /** When that arrives which is sent now: not before what was sent before, and not before there was a connection. */
    private long arrival(long before, long connected) {
        long nanos = roundTrip.toNanos();
        long way = nanos == 0 ? 0 : nanos / 2 + random.nextLong(-nanos / 20, nanos / 20);
        return Math.max(before, Math.max(connected, System.nanoTime()) + way);
    }

    private void arrive(BlockingQueue<Piece> under, Socket from, Socket to) {
        try {
            OutputStream out = to.getOutputStream();
            Piece piece = under.take();
            while (piece.bytes.length > 0) {
                LockSupport.parkNanos(piece.arrival - System.nanoTime());
                if (!pass(piece.bytes, piece.bytes.length, out, from, to)) {
                    return;
                }
                piece = under.take();
            }
            LockSupport.parkNanos(piece.arrival - System.nanoTime());
            if (piece.broken) {
                end(to);
            } else {
                to.shutdownOutput();
            }
        } catch (IOException e) {
            end(from);
            end(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Passes on what was read, as the weather has it; returns whether the connection goes on in this direction. */
    private boolean pass(byte[] buffer, int count, OutputStream out, Socket from, Socket to) throws IOException {
        switch (weather) {
            case CLEAR -> out.write(buffer, 0, count);
            case DELAYING -> {
                pause(random.nextLong(PAUSE_MILLIS_MAX));
                out.write(buffer, 0, count);
            }
            case DRIPPING -> drip(buffer, count, out);
            case CUTTING -> {
                int arrives = random.nextInt(count + 1);
                out.write(buffer, 0, arrives);
                if (random.nextInt(8) == 0) {
                    broken.incrementAndGet();
                    end(from);
                    end(to);
                    return false;
                }
                out.write(buffer, arrives, count - arrives);
            }
            case HALF_CLOSING -> {
                out.write(buffer, 0, count);
                if (random.nextInt(8) == 0) {
                    broken.incrementAndGet();
                    to.shutdownOutput();
                    return false;
                }
            }
            case SILENT -> {
                while (weather == Weather.SILENT && !from.isClosed()) {
                    pause(5);
                }
                out.write(buffer, 0, count); // a network that comes back still has it
            }
        }
        return true;
    }

    private void drip(byte[] buffer, int count, OutputStream out) throws IOException {
        for (int at = 0; at < count; ) {
            int piece = Math.min(count - at, 1 + random.nextInt(DRIP_BYTES_MAX));
            out.write(buffer, at, piece);
            at += piece;
            if (random.nextInt(8) == 0) {
                pause(1);
            }
        }
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private void end(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // it has ended
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        door.close();
        sockets.forEach(this::end);
    }
}
