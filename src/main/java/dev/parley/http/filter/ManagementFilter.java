package dev.parley.http.filter;

import dev.parley.access.Role;
import dev.parley.http.Replies;
import dev.parley.http.access.AuthChallenge;
import dev.parley.http.access.Authenticator;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
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
 * What health in detail and metrics pass where keys are asked for: who looks from another machine needs the role of an operator. On
 * the loopback nobody is asked, so that a collector on the same machine needs no key.
 */
@Singleton
public final class ManagementFilter {
    private static final Set<Role> OPERATORS = EnumSet.of(Role.OPERATOR);

    /** Orchestrators have no key, and this says of the process only that it lives. */
    private static final String LIVENESS = "/q/health/live";

    private final Authenticator gate;
    private final boolean remote;

    /** @param host the host that the management interface listens on */
    public ManagementFilter(Authenticator gate, @ConfigProperty(name = "quarkus.management.host") String host) {
        this.gate = gate;
        this.remote = !isLoopback(host);
    }

    private static boolean isLoopback(String host) {
        try {
            return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException e) {
            return false; // the start is refused, and the reason reported, by the check of listen addresses
        }
    }

    void open(@Observes ManagementInterface management) {
        if (gate.asks() && remote) {
            management.router().route().order(Integer.MIN_VALUE).handler(this::enter);
        }
    }

    private void enter(RoutingContext context) {
        AuthChallenge denial = context.normalizedPath().equals(LIVENESS) ? null : gate.admit(context, OPERATORS);
        if (denial == null) {
            context.next();
            return;
        }
        context.response()
                .setStatusCode(denial.status())
                .putHeader("WWW-Authenticate", denial.challenge())
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, Replies.NO_STORE)
                .end(JsonObject.of("error", denial.detail()).toBuffer());
    }
}
