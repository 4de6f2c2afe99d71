package dev.parley.http;

import dev.parley.access.ClientAddresses;
import dev.parley.access.Credential;
import dev.parley.access.Rate;
import dev.parley.access.Rates;
import dev.parley.session.SignalingException.TooManyRequests;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Lets in as many requests of each as its rate allows, and tells with every reply how it stands: {@code RateLimit-Policy} and
 * {@code RateLimit} (draft-ietf-httpapi-ratelimit-headers-11). Where there is no rate, there is no gate on the way either.
 *
 * <p>It stands behind the front door, so that a refusal is a reply like any other, to pages of other origins too, and before
 * keys are looked at: who tries keys out is held to the rate of its address. No path is exempt; what orchestrators ask has a port
 * of its own. A credential that was found good is held to its own rate, whichever addresses it comes from; what one without it may
 * do, and what its roles forbid, is not counted there.
 */
@Singleton
public final class RateGate {
    private static final String POLICY = "RateLimit-Policy";
    private static final String LIMIT = "RateLimit";

    private final Rates rates;
    private final ClientAddresses addresses;

    public RateGate(Rates rates, ClientAddresses addresses) {
        this.rates = rates;
        this.addresses = addresses;
    }

    void open(@Observes Router router) {
        Rate perAddress = rates.perAddress();
        if (perAddress != null) {
            router.route()
                    .order(FrontDoor.RATE_ORDER)
                    .handler(context -> pass(context, perAddress, addresses.of(context.request())));
        }
        Rate perKey = rates.perKey();
        if (perKey != null) {
            router.route().order(FrontDoor.KEY_RATE_ORDER).handler(context -> passWithKey(context, perKey));
        }
    }

    private static void passWithKey(RoutingContext context, Rate rate) {
        Credential credential = Credential.of(context);
        if (credential == null) {
            context.next();
        } else {
            pass(context, rate, credential.name());
        }
    }

    private static void pass(RoutingContext context, Rate rate, String who) {
        Rate.Standing standing = rate.take(who);
        MultiMap reply = context.response().headers();
        reply.add(POLICY, "\"" + rate.name() + "\";q=" + rate.quota() + ";w=" + Rate.WINDOW.toSeconds());
        reply.add(
                LIMIT,
                "\"" + rate.name() + "\";r=" + standing.left() + ";t="
                        + Rate.wholeSeconds(standing.whole()).toSeconds());
        if (standing.granted()) {
            context.next();
        } else {
            context.fail(new TooManyRequests(rate.name(), rate.quota(), Rate.wholeSeconds(standing.next())));
        }
    }
}
