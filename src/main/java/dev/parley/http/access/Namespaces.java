package dev.parley.http.access;

import dev.parley.access.Credential;
import dev.parley.session.Namespace;
import dev.parley.session.SignalingException.Malformed;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Determines the namespace of each request: that of its credential; otherwise {@code Parley-Namespace}; otherwise {@code Origin};
 * otherwise the service's own origin, for a GET of its own pages, to which browsers add no {@code Origin}; otherwise {@code unknown}.
 */
@Singleton
public final class Namespaces {
    private static final CharSequence HEADER = HttpHeaders.createOptimized("Parley-Namespace");
    private static final String NAMESPACE = Namespace.class.getName();
    private static final int CHARS_MAX = 512;

    private final OwnOrigin ownOrigin;

    public Namespaces(OwnOrigin ownOrigin) {
        this.ownOrigin = ownOrigin;
    }

    /** The namespace that {@link #attach} has determined. */
    public static Namespace of(RoutingContext request) {
        return Objects.requireNonNull(request.get(NAMESPACE), "the request filter attaches the namespace");
    }

    /**
     * Determines the namespace of an authenticated request.
     *
     * @throws Malformed if {@code Parley-Namespace} is invalid, even if the namespace of a credential applies
     */
    public void attach(RoutingContext context) {
        HttpServerRequest request = context.request();
        Namespace named = named(request);
        Credential credential = Authenticator.credential(context);
        context.put(NAMESPACE, credential != null ? credential.namespace() : named != null ? named : ofOrigin(request));
    }

    private static @Nullable Namespace named(HttpServerRequest request) {
        if (!request.headers().contains(HEADER)) {
            return null;
        }
        List<String> names = request.headers().getAll(HEADER);
        if (names.size() > 1) {
            throw new Malformed(HEADER + " was sent " + names.size() + " times; send it once.");
        }
        return named(HEADER.toString(), names.get(0));
    }

    /**
     * The namespace that a client chose.
     *
     * @param field that contains {@code name}
     * @throws Malformed if {@code name} is invalid
     */
    public static Namespace named(String field, String name) {
        if (name.isEmpty() || name.length() > CHARS_MAX || !name.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new Malformed(field + " must be 1 to " + CHARS_MAX + " visible ASCII characters, without spaces (was "
                    + name.length() + "); shorten or encode the name.");
        }
        return new Namespace(name);
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
