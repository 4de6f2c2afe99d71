package dev.parley.http.filter;

import dev.parley.access.Role;
import dev.parley.http.console.Console;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.EnumSet;
import java.util.Set;

/**
 * Which roles a call asks for where keys are asked for; any of them will do. What is open to everybody is named here, path by path,
 * and so is what an observer may do: whatever is not thought of asks for the most.
 */
public final class RequiredRoles {
    private static final Set<Role> NONE = Set.of();
    private static final Set<Role> READING = EnumSet.of(Role.PEER, Role.OBSERVER);
    private static final Set<Role> ALL = EnumSet.of(Role.PEER);

    /** For load balancers. */
    private static final String HEALTH = "/health";

    /** It gives a credential of its own, by which TURN servers relay. */
    private static final String ICE_SERVERS = "/api/v1/ice-servers";

    private RequiredRoles() {}

    /** None where anybody may. The path that is looked at is the one by which the request is routed. */
    public static Set<Role> by(RoutingContext request) {
        HttpMethod method = request.request().method();
        String path = request.normalizedPath();
        if (Console.isFor(request)) {
            return NONE;
        }
        if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
            if (path.equals(HEALTH) || RequestTarget.isDocument(path)) {
                return NONE;
            }
            return path.startsWith(ICE_SERVERS) ? ALL : READING;
        }
        return method.equals(HttpMethod.POST) && path.equals("/poll") ? READING : ALL;
    }
}
