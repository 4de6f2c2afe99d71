package dev.parley.http.filter;

import dev.parley.access.Role;
import dev.parley.http.console.Console;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.EnumSet;
import java.util.Set;

/**
 * The roles that each request requires where credentials are required. Exceptions are listed by path, so that anything else requires
 * the role with all permissions.
 */
final class RequiredRoles {
    private static final Set<Role> NONE = Set.of();
    private static final Set<Role> READERS = EnumSet.of(Role.PEER, Role.OBSERVER);
    private static final Set<Role> PEERS = EnumSet.of(Role.PEER);

    /** For load balancers. */
    private static final String HEALTH = "/health";

    /** Its reply contains a credential for TURN servers. */
    private static final String ICE_SERVERS = "/api/v1/ice-servers";

    private RequiredRoles() {}

    /** The roles of which any is sufficient, by the path by which the request is routed; empty if none is required. */
    static Set<Role> of(RoutingContext request) {
        HttpMethod method = request.request().method();
        String path = request.normalizedPath();
        if (Console.isFor(request)) {
            return NONE;
        }
        if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
            if (path.equals(HEALTH) || RequestTarget.isDocument(path)) {
                return NONE;
            }
            return path.startsWith(ICE_SERVERS) ? PEERS : READERS;
        }
        return method.equals(HttpMethod.POST) && path.equals("/poll") ? READERS : PEERS;
    }
}
