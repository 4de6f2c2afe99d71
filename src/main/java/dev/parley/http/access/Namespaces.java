package dev.parley.http.access;

import dev.parley.access.Credential;
import dev.parley.session.Namespace;
import dev.parley.session.SignalingException.Malformed;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The namespace of every request: its credential's; else the one that it names; else its {@code Origin}; else the service's own
 * origin, for a GET of a page that the service itself serves, to which browsers add no {@code Origin}; else {@code unknown}.
 */
public final class Namespaces {
    static final String HEADER = "Parley-Namespace";

    private static final String PLACE = Namespaces.class.getName();
    private static final int CHARS_MAX = 512;

    private final OwnOrigin ownOrigin;

    public Namespaces(OwnOrigin ownOrigin) {
        this.ownOrigin = ownOrigin;
    }

    /** The namespace that {@link #settle} has found. */
    public static Namespace of(RoutingContext request) {
        return Objects.requireNonNull(request.get(PLACE), "the front door settles each request's namespace");
    }

    /**
     * Finds the namespace of an admitted request and notes it.
     *
     * @throws Malformed if the request names what cannot be a namespace, even if a credential's counts
     */
    public void settle(RoutingContext context) {
        HttpServerRequest request = context.request();
        Namespace named = named(request);
        Credential credential = Credential.of(context);
        context.put(PLACE, credential != null ? credential.namespace() : named != null ? named : ofOrigin(request));
    }

    private static @Nullable Namespace named(HttpServerRequest request) {
        List<String> names = request.headers().getAll(HEADER);
        if (names.isEmpty()) {
            return null;
        }
        if (names.size() > 1) {
            throw new Malformed(HEADER + " was sent " + names.size() + " times; send it once.");
        }
        String name = names.get(0);
        if (name.isEmpty() || name.length() > CHARS_MAX || !name.chars().allMatch(Namespaces::isVisibleAscii)) {
            throw new Malformed(
                    HEADER + " must be 1 to " + CHARS_MAX + " visible ASCII characters, without spaces (has "
                            + name.length() + "); shorten or encode the name.");
        }
        return new Namespace(name);
    }

    private static boolean isVisibleAscii(int c) {
        return c > ' ' && c < 0x7f;
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
