package dev.parley.http.channel;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import org.jspecify.annotations.Nullable;

/** Sends pings on one channel, and detects a client that does not reply to them, or does not receive what was sent. */
final class Heartbeat {
    private final ServerWebSocket socket;
    private final Outbound outbound;
    private final long pendingBytesMax;

    /** Whether no frame was received since the last ping. */
    private boolean silent;

    /** The last ping; it is complete when it has been sent. */
    private Future<Void> ping = Future.succeededFuture();

    /** Whether the client had not received enough at the last beat, and has not since; and the bytes that waited then. */
    private boolean stalled;

    private long stalledBytes;

    /** @param pendingBytesMax the most bytes that may wait for the client at two beats in a row */
    Heartbeat(ServerWebSocket socket, Outbound outbound, long pendingBytesMax) {
        this.socket = socket;
        this.outbound = outbound;
        this.pendingBytesMax = pendingBytesMax;
    }

    /** A frame was received: any one is a sign of life. */
    void received() {
        silent = false;
    }

    /** The client has received enough to be sent more. */
    void drained() {
        stalled = false;
    }

    /**
     * Sends the next ping.
     *
     * @param paused whether nothing is read from the client, so that it may be silent
     * @return why the channel must be closed, or null
     */
    @Nullable
    CloseCode beat(boolean paused) {
        if (outbound.isFull()) {
            long bytes = outbound.pendingBytes();
            if (stalled && (bytes >= stalledBytes || bytes > pendingBytesMax)) {
                return CloseCode.SLOW;
            }
            stalled = true; // a ping would wait too
            stalledBytes = bytes;
            return null;
        }
        if (!ping.isComplete()) {
            return CloseCode.SLOW;
        }
        if (silent && !paused) {
            return CloseCode.NO_PONG;
        }
        silent = true;
        ping = socket.writePing(Buffer.buffer());
        return null;
    }
}
