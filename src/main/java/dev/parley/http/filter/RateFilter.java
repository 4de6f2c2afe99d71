package dev.parley.http.filter;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.parley.access.AccessConfig;
import dev.parley.access.Credential;
import dev.parley.access.RateLimiter;
import dev.parley.http.access.ClientAddresses;
import dev.parley.session.SignalingException.TooManyRequests;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
public final class RateFilter {
    private static final String POLICY = "RateLimit-Policy";
    private static final String LIMIT = "RateLimit";

    private final @Nullable RateLimiter perAddress;
    private final @Nullable RateLimiter perKey;
    private final ClientAddresses addresses;

    public RateFilter(AccessConfig config, ClientAddresses addresses) {
        this.perAddress = limiter("address", config.requestsPerAddress());
        this.perKey = limiter("key", config.requestsPerKey());
        this.addresses = addresses;
    }

    private static @Nullable RateLimiter limiter(String name, Optional<Integer> quota) {
        return quota.map(perMinute -> new RateLimiter(name, perMinute, Ticker.systemTicker()))
                .orElse(null);
    }

    void open(@Observes Router router) {
        if (perAddress != null) {
            router.route()
                    .order(RequestFilter.RATE_ORDER)
                    .handler(context -> pass(context, perAddress, addresses.of(context.request())));
        }
        if (perKey != null) {
            router.route().order(RequestFilter.KEY_RATE_ORDER).handler(context -> passWithKey(context, perKey));
        }
    }

    private static void passWithKey(RoutingContext context, RateLimiter rate) {
        Credential credential = Credential.of(context);
        if (credential == null) {
            context.next();
        } else {
            pass(context, rate, credential.name());
        }
    }

    private static void pass(RoutingContext context, RateLimiter rate, String who) {
        RateLimiter.Standing standing = rate.take(who);
        MultiMap reply = context.response().headers();
        reply.add(POLICY, "\"" + rate.name() + "\";q=" + rate.quota() + ";w=" + RateLimiter.WINDOW.toSeconds());
        reply.add(
                LIMIT,
                "\"" + rate.name() + "\";r=" + standing.left() + ";t="
                        + RateLimiter.wholeSeconds(standing.whole()).toSeconds());
        if (standing.granted()) {
            context.next();
        } else {
            context.fail(new TooManyRequests(rate.name(), rate.quota(), RateLimiter.wholeSeconds(standing.next())));
        }
    }
}
