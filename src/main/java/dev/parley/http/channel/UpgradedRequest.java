package dev.parley.http.channel;

import io.quarkus.vertx.http.runtime.filters.QuarkusRequestWrapper;
import io.vertx.core.http.HttpServerRequest;
import java.lang.reflect.Method;

/**
 * Ends the request of a channel for the framework, which waits for requests when it stops. It is not told that a request has become a
 * WebSocket, so it would wait for each of them until its timeout.
 */
final class UpgradedRequest {
    private static final Method DONE = done();

    private UpgradedRequest() {}

    private static Method done() {
        try {
            Method done = QuarkusRequestWrapper.class.getDeclaredMethod("done");
            done.setAccessible(true);
            return done;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("Another version of Quarkus", e);
        }
    }

    static void end(HttpServerRequest request) {
        if (request.getCookie(QuarkusRequestWrapper.FAKE_COOKIE_NAME) == null) {
            return; // the framework counts no requests
        }
        try {
            DONE.invoke(QuarkusRequestWrapper.get(request));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Another version of Quarkus", e);
        }
    }
}
