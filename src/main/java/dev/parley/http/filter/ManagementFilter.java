package dev.parley.http.filter;

import dev.parley.access.Role;
import dev.parley.http.HttpSettings;
import dev.parley.http.Replies;
import dev.parley.http.access.AuthChallenge;
import dev.parley.http.access.Authenticator;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.EnumSet;
import java.util.Set;

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
    private final boolean fromAfar;

    public ManagementFilter(Authenticator gate, HttpSettings settings) {
        this.gate = gate;
        this.fromAfar = settings.operatorsFromAfar();
    }

    void open(@Observes ManagementInterface management) {
        if (gate.asks() && fromAfar) {
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
