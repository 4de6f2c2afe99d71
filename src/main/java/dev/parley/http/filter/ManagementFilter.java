package dev.parley.http.filter;

import dev.parley.access.Role;
import dev.parley.http.ErrorReply;
import dev.parley.http.access.Authenticator;
import dev.parley.http.access.Authenticator.AuthChallenge;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Requires the role of an operator on the management port, if it is reachable from other machines and credentials are required. On
 * loopback addresses no credential is required, so that a collector on the same machine needs none.
 */
@Singleton
public final class ManagementFilter {
    private static final Set<Role> OPERATORS = EnumSet.of(Role.OPERATOR);

    /** Orchestrators have no key, and this reports only that the process is alive. */
    private static final String LIVENESS = "/q/health/live";

    private final Authenticator authenticator;
    private final boolean remote;

    /** @param host the host that the management interface listens on */
    public ManagementFilter(
            Authenticator authenticator, @ConfigProperty(name = "quarkus.management.host") String host) {
        this.authenticator = authenticator;
        this.remote = !isLoopback(host);
    }

    private static boolean isLoopback(String host) {
        try {
            return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException e) {
            return false; // the start is refused, and the reason reported, by the check of listen addresses
        }
    }

    void install(@Observes ManagementInterface management) {
        if (authenticator.isRequired() && remote) {
            management.router().route().order(Integer.MIN_VALUE).handler(this::filter);
        }
    }

    private void filter(RoutingContext context) {
        AuthChallenge challenge =
                context.normalizedPath().equals(LIVENESS) ? null : authenticator.admit(context, OPERATORS);
        if (challenge == null) {
            context.next();
            return;
        }
        ErrorReply.of("/", challenge).send(context);
    }
}
