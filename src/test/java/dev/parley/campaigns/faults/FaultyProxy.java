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

/** A TCP proxy on the loopback with the faults of a network, except changed bytes. */
public final class FaultyProxy implements AutoCloseable {
    private static final int BUFFER = 8_192;
    private static final int DRIP_BYTES_MAX = 7;
    private static final long PAUSE_MILLIS_MAX = 40;

    /** What happens to the data that is sent. */
    public enum Condition {
        /** It arrives immediately. */
        NORMAL,
        /** Each piece arrives up to 40 ms later. */
        DELAYING,
        /** It arrives a few bytes at a time, with pauses. */
        DRIPPING,
        /** Part of it arrives, and sometimes the connection is closed then. */
        CUTTING,
        /** Sometimes one direction is closed orderly; the other stays open. */
        HALF_CLOSING,
        /** It does not arrive, and no error is reported. */
        SILENT
    }

    private final ServerSocket listener;
    private final int port;
    private final Random random;
    private final Collection<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final AtomicInteger broken = new AtomicInteger();
    private volatile Condition condition = Condition.NORMAL;
    private volatile Duration roundTrip = Duration.ZERO;

    /** Data of one side, and when it arrives at the other; without bytes, the end of the data. */
    @SuppressWarnings("ArrayRecordComponent") // no piece is compared with another
    private record Piece(byte[] bytes, boolean broken, long arrival) {}

    private FaultyProxy(ServerSocket listener, int port, Random random) {
        this.listener = listener;
        this.port = port;
        this.random = random;
    }

    /** A proxy of the server on {@code port} of the loopback. */
    public static FaultyProxy to(int port, Random random) throws IOException {
        var proxy = new FaultyProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port, random);
        start("proxy", proxy::accept);
        return proxy;
    }

    /** The port of this proxy. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Sets the condition of all present and future connections. */
    public void set(Condition next) {
        condition = next;
    }

    /** Sets the round-trip time: data arrives in order, half of it later, plus or minus a tenth. */
    public void stretch(Duration roundTrip) {
        this.roundTrip = roundTrip;
    }

    /** The number of connections that it has closed. */
    int broken() {
        return broken.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
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
                start("proxy-up", () -> pump(client, server, connected));
                start("proxy-down", () -> pump(server, client, connected));
            } catch (IOException e) {
                // the listener is closed
            }
        }
    }

    private void pump(Socket from, Socket to, long connected) {
        var transit = new LinkedBlockingQueue<Piece>();
        start("proxy-end", () -> arrive(transit, from, to));
        byte[] buffer = new byte[BUFFER];
        long arrival = connected;
        boolean broken = false;
        try {
            InputStream in = from.getInputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                arrival = arrival(arrival, connected);
                transit.add(new Piece(Arrays.copyOf(buffer, count), false, arrival));
            }
        } catch (IOException e) {
            broken = true;
        }
        transit.add(new Piece(new byte[0], broken, arrival(arrival, connected)));
    }

    /** When data that is sent now arrives: not before earlier data, and not before the connection. */
    private long arrival(long before, long connected) {
        long nanos = roundTrip.toNanos();
        long way = nanos == 0 ? 0 : nanos / 2 + random.nextLong(-nanos / 20, nanos / 20);
        return Math.max(before, Math.max(connected, System.nanoTime()) + way);
    }

    private void arrive(BlockingQueue<Piece> transit, Socket from, Socket to) {
        try {
            OutputStream out = to.getOutputStream();
            Piece piece = transit.take();
            while (piece.bytes.length > 0) {
                LockSupport.parkNanos(piece.arrival - System.nanoTime());
                if (!pass(piece.bytes, piece.bytes.length, out, from, to)) {
                    return;
                }
                piece = transit.take();
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

    /** Forwards data according to the condition; returns whether the connection stays open in this direction. */
    private boolean pass(byte[] buffer, int count, OutputStream out, Socket from, Socket to) throws IOException {
        switch (condition) {
            case NORMAL -> out.write(buffer, 0, count);
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
                while (condition == Condition.SILENT && !from.isClosed()) {
                    pause(5);
                }
                out.write(buffer, 0, count); // delivered when the network recovers
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
        listener.close();
        sockets.forEach(this::end);
    }
}
