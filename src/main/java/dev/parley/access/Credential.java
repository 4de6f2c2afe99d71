package dev.parley.access;

import dev.parley.session.Namespace;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, as the service knows it. It holds no secret and may be logged.
 *
 * @param name of the key, or of who a token was issued to; no two credentials have the same
 * @param namespace where all that it does is confined to, whatever {@code Parley-Namespace} and {@code Origin} say
 */
public record Credential(String name, Namespace namespace, Set<Role> roles) {
    private static final String PLACE = Credential.class.getName();

    /** The credential that a request was admitted with; null where nobody is asked for one. */
    public static @Nullable Credential of(RoutingContext request) {
        return request.get(PLACE);
    }

    /** Notes that {@code request} was admitted with this. */
    public void attach(RoutingContext request) {
        request.put(PLACE, this);
    }
}
