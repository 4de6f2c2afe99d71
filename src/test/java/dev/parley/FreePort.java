package dev.parley;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** A port for a server that is about to start. */
public final class FreePort {
    // Below the ports that the kernel gives to clients, so that no connection takes one between choice and start.
    private static final int MIN = 20_000;
    private static final int MAX = 32_000;

    /** Locked until this process ends, so that tests in several processes do not choose the same port. */
    private static final Queue<FileChannel> RESERVED = new ConcurrentLinkedQueue<>();

    private FreePort() {}

    /** A random free port that no other test has chosen. */
    public static int choose() {
        return IntStream.generate(() -> ThreadLocalRandom.current().nextInt(MIN, MAX))
                .filter(port -> reserve(port) && isFree(port))
                .findFirst()
                .orElseThrow();
    }

    private static boolean reserve(int port) {
        Path file = Path.of(System.getProperty("java.io.tmpdir"), "parley-port-" + port);
        try {
            FileChannel channel = FileChannel.open(file, CREATE, WRITE);
            if (channel.tryLock() == null) {
                channel.close();
                return false;
            }
            RESERVED.add(channel);
            file.toFile().deleteOnExit();
            return true;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isFree(int port) {
        try (var probe = new ServerSocket(port)) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
