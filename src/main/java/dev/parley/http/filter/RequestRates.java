package dev.parley.http.filter;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.parley.access.AccessConfig;
import dev.parley.access.Credential;
import dev.parley.access.RateLimiter;
import dev.parley.http.access.Authenticator;
import dev.parley.http.access.ClientAddresses;
import dev.parley.session.SignalingException.TooManyRequests;
import io.github.bucket4j.ConsumptionProbe;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Limits the rate of requests per client address and per credential, and reports the state of each limit in {@code RateLimit-Policy} and
 * {@code RateLimit} (draft-ietf-httpapi-ratelimit-headers-11). No path is exempt; orchestrators use the management port.
 */
@Singleton
final class RequestRates {
    private final @Nullable RateLimiter perAddress;
    private final @Nullable RateLimiter perKey;
    private final ClientAddresses addresses;

    RequestRates(AccessConfig config, ClientAddresses addresses) {
        this.perAddress = limiter("address", config.requestsPerAddress());
        this.perKey = limiter("key", config.requestsPerKey());
        this.addresses = addresses;
    }

    private static @Nullable RateLimiter limiter(String name, Optional<Integer> quota) {
        return quota.map(perMinute -> new RateLimiter(name, perMinute, Ticker.systemTicker()))
                .orElse(null);
    }

    /**
     * Counts the request of an address; before authentication, so that attempts with wrong keys count.
     *
     * @throws TooManyRequests if the address has exceeded its rate
     */
    void countAddress(RoutingContext context) {
        if (perAddress != null) {
            count(context, perAddress, addresses.of(context.request()));
        }
    }

    /**
     * Counts the request of an accepted credential, from any address.
     *
     * @throws TooManyRequests if the credential has exceeded its rate
     */
    void countCredential(RoutingContext context) {
        Credential credential = perKey == null ? null : Authenticator.credential(context);
        if (perKey != null && credential != null) {
            count(context, perKey, credential.name());
        }
    }

    private static void count(RoutingContext context, RateLimiter limiter, String client) {
        ConsumptionProbe probe = limiter.take(client);
        String name = '"' + limiter.name() + '"';
        context.response()
                .headers()
                .add("RateLimit-Policy", name + ";q=" + limiter.quota() + ";w=" + RateLimiter.WINDOW.toSeconds())
                .add(
                        "RateLimit",
                        name + ";r=" + probe.getRemainingTokens() + ";t="
                                + wholeSeconds(probe.getNanosToWaitForReset()).toSeconds());
        if (!probe.isConsumed()) {
            throw new TooManyRequests(limiter.name(), limiter.quota(), wholeSeconds(probe.getNanosToWaitForRefill()));
        }
    }

    private static Duration wholeSeconds(long nanos) {
        return RateLimiter.wholeSeconds(Duration.ofNanos(nanos));
    }
}
