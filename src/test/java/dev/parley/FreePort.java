package dev.parley;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** A port for a server that is about to start. */
public final class FreePort {
    // Below the ports that the kernel gives to clients, so that no connection takes one between the choice and the
    // start.
    private static final int MIN = 20_000;
    private static final int MAX = 32_000;

    private FreePort() {}

    /** A random one, so that two tests at once hardly choose the same. */
    public static int choose() {
        return IntStream.generate(() -> ThreadLocalRandom.current().nextInt(MIN, MAX))
                .filter(FreePort::isFree)
                .findFirst()
                .orElseThrow();
    }

    private static boolean isFree(int port) {
        try (var probe = new ServerSocket(port)) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
