package dev.parley.http;

import dev.parley.access.Credential;
import dev.parley.session.Namespace;
import dev.parley.session.SignalingException.Malformed;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;

/**
 * The namespace of every request: its credential's; else its {@code Origin}; else the service's own
 * origin, for a GET of a page that the service itself serves, to which browsers add no {@code Origin}; else {@code unknown}.
 */
final class Namespaces {
    private static final String PLACE = Namespaces.class.getName();

    private final OwnOrigin ownOrigin;

    Namespaces(OwnOrigin ownOrigin) {
        this.ownOrigin = ownOrigin;
    }

    /** The namespace that {@link #settle} has found. */
    static Namespace of(RoutingContext request) {
        return Objects.requireNonNull(request.get(PLACE), "the front door settles each request's namespace");
    }

    /**
     * Finds the namespace of an admitted request and notes it.
     *
     * @throws Malformed if its origin is longer than a namespace may be
     */
    void settle(RoutingContext context) {
        HttpServerRequest request = context.request();
        Credential credential = Credential.of(context);
        context.put(PLACE, credential != null ? credential.namespace() : ofOrigin(request));
    }

    private Namespace ofOrigin(HttpServerRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null && !origin.isEmpty() && !OwnOrigin.isWithheld(request)) {
            return new Namespace(origin);
        }
        String page = ownOrigin.ofPage(request);
        return page == null ? Namespace.UNKNOWN : new Namespace(page);
    }
}
