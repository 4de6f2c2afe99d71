package dev.parley.http;

import io.quarkus.resteasy.reactive.server.runtime.ResteasyReactiveRecorder;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.resteasy.reactive.server.handlers.ClassRoutingHandler;
import org.jboss.resteasy.reactive.server.mapping.RequestMapper;

/**
 * Which methods a path takes (RFC 9110, section 10.2.1). The framework knows when it routes, but replies 405 without saying so,
 * and to OPTIONS with the methods of a whole class.
 */
public final class AllowedMethods {
    private AllowedMethods() {}

    /** The methods for {@code path}, sorted; none where there is nothing at the path. */
    public static Set<String> at(String path) {
        var allowed = new TreeSet<String>();
        var classes = new RequestMapper<>(
                ResteasyReactiveRecorder.getCurrentDeployment().getClassMappers());
        for (var found = classes.map(path); found != null; found = classes.continueMatching(path, found)) {
            String remaining = found.remaining.isEmpty() ? "/" : found.remaining;
            for (var handler : found.value.handlers) {
                if (handler instanceof ClassRoutingHandler methods) {
                    methods.getMappers().forEach((method, paths) -> {
                        if (method != null && paths.map(remaining) != null) {
                            allowed.add(method);
                        }
                    });
                }
            }
        }
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        if (!allowed.isEmpty()) {
            allowed.add("OPTIONS");
        }
        return allowed;
    }
}
