package dev.parley.http.observe;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.jboss.logmanager.Logger;

/**
 * A line for each call, when its reply has ended or its client has gone: who called what, with which result, and how long it took.
 *
 * <p>A path is told by its pattern, and a query, a header or a body not at all. In JSON each part has a field of its own, too.
 */
public final class AccessLog {
    private static final Logger LOG = Logger.getLogger("dev.parley.access");

    /**
     * Has the call written down when it is over.
     *
     * @param address whose call it is
     */
    public void watch(RoutingContext context, RequestRecord call, String address, long sinceNanos) {
        context.addEndHandler(end -> write(context, call, address, sinceNanos, end.succeeded()));
    }

    private static void write(
            RoutingContext context, RequestRecord call, String address, long sinceNanos, boolean whole) {
        HttpServerRequest request = context.request();
        HttpServerResponse response = context.response();
        long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - sinceNanos);
        var line = new ExtLogRecord(
                Level.INFO,
                String.format(
                        Locale.ROOT,
                        "%s %s %s %d %d bytes %d.%03d ms%s",
                        address,
                        request.method(),
                        call.pattern(),
                        response.getStatusCode(),
                        response.bytesWritten(),
                        micros / 1_000,
                        micros % 1_000,
                        whole ? "" : " cut off"),
                ExtLogRecord.FormatStyle.NO_FORMAT,
                AccessLog.class.getName());
        line.setLoggerName(LOG.getName());
        line.putMdc("address", address);
        line.putMdc("method", request.method().name());
        line.putMdc("path", call.pattern());
        line.putMdc("status", Integer.toString(response.getStatusCode()));
        line.putMdc("bytes", Long.toString(response.bytesWritten()));
        line.putMdc("micros", Long.toString(micros));
        LOG.log(line);
    }
}
