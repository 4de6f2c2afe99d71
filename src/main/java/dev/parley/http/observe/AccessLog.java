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
 * and duration. In JSON each of them is a field as well.
 */
public final class AccessLog {
    private static final Logger LOG = Logger.getLogger("dev.parley.access");

    private AccessLog() {}

    /** Logs the request when it has ended. */
    public static void watch(RoutingContext context, Endpoint endpoint, String address, long startNanos) {
        context.addEndHandler(end -> log(context, endpoint, address, startNanos, end.succeeded()));
    }

    private static void log(
            RoutingContext context, Endpoint endpoint, String address, long startNanos, boolean complete) {
        HttpServerResponse response = context.response();
        String method = context.request().method().name();
        long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - startNanos);
        var line = new ExtLogRecord(
                Level.INFO,
                String.format(
                        Locale.ROOT,
                        "%s %s %s %d %d bytes %d.%03d ms%s",
                        address,
                        method,
                        endpoint.pattern(),
                        response.getStatusCode(),
                        response.bytesWritten(),
                        micros / 1_000,
                        micros % 1_000,
                        complete ? "" : " incomplete"),
                ExtLogRecord.FormatStyle.NO_FORMAT,
                AccessLog.class.getName());
        line.setLoggerName(LOG.getName());
        line.putMdc("address", address);
        line.putMdc("method", method);
        line.putMdc("path", endpoint.pattern());
        line.putMdc("status", Integer.toString(response.getStatusCode()));
        line.putMdc("bytes", Long.toString(response.bytesWritten()));
        line.putMdc("micros", Long.toString(micros));
        LOG.log(line);
    }
}
