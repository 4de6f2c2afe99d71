package dev.parley.http.observe;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.jboss.logmanager.Logger;

/**
 * Logs one line for each request, when its reply has ended or the client has disconnected: client address, endpoint, status, size
 * and duration. In JSON each of them is a field as well. A request of a channel has the method CHANNEL and its operation as the path.
 */
public final class AccessLog {
    private static final Logger LOG = Logger.getLogger("dev.parley.access");

    private AccessLog() {}

    /** Logs the request when it has ended. */
    public static void watch(RoutingContext context, Endpoint endpoint, String address, long startNanos) {
        context.addEndHandler(end -> log(context, endpoint, address, startNanos, end.succeeded()));
    }

    /** Logs a request that was upgraded. */
    public static void upgraded(Endpoint endpoint, String address, long startNanos) {
        log(address, endpoint.method(), endpoint.pattern(), 101, 0, startNanos, true);
    }

    /**
     * Logs a request of a channel.
     *
     * @param op as metrics name it
     * @param bytes of the reply
     */
    public static void channel(String address, String op, int status, long bytes, long startNanos) {
        log(address, "CHANNEL", op, status, bytes, startNanos, true);
    }

    private static void log(
            RoutingContext context, Endpoint endpoint, String address, long startNanos, boolean complete) {
        HttpServerResponse response = context.response();
        log(
                address,
                context.request().method().name(),
                endpoint.pattern(),
                response.getStatusCode(),
                response.bytesWritten(),
                startNanos,
                complete);
    }

    private static void log(
            String address, String method, String path, int status, long bytes, long startNanos, boolean complete) {
        long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - startNanos);
        var line = new ExtLogRecord(
                Level.INFO,
                String.format(
                        Locale.ROOT,
                        "%s %s %s %d %d bytes %d.%03d ms%s",
                        address,
                        method,
                        path,
                        status,
                        bytes,
                        micros / 1_000,
                        micros % 1_000,
                        complete ? "" : " incomplete"),
                ExtLogRecord.FormatStyle.NO_FORMAT,
                AccessLog.class.getName());
        line.setLoggerName(LOG.getName());
        line.putMdc("address", address);
        line.putMdc("method", method);
        line.putMdc("path", path);
        line.putMdc("status", Integer.toString(status));
        line.putMdc("bytes", Long.toString(bytes));
        line.putMdc("micros", Long.toString(micros));
        LOG.log(line);
    }
}
