package dev.parley.http.access;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.parley.access.AccessConfig;
import dev.parley.access.Credential;
import dev.parley.access.GuessLimiter;
import dev.parley.access.GuessLimiter.Lookup;
import dev.parley.access.RateLimiter;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException.OutOfBounds;
import dev.parley.session.SignalingException.TooManyRequests;
import io.github.bucket4j.ConsumptionProbe;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Limits the rate of requests per client address and per credential, and the failed lookups of codes per address. The state of each rate
 * is in {@code RateLimit-Policy} and {@code RateLimit} (draft-ietf-httpapi-ratelimit-headers-11). No path is exempt from the rates;
 * orchestrators use the management port.
 */
@Singleton
public final class ClientLimits {
    private final @Nullable RateLimiter perAddress;
    private final @Nullable RateLimiter perKey;
    private final @Nullable GuessLimiter guesses;
    private final ClientAddresses addresses;

    public ClientLimits(AccessConfig config, ClientAddresses addresses) {
        int missesMax = config.missesPerAddress();
        this.perAddress = limiter("address", config.requestsPerAddress());
        this.perKey = limiter("key", config.requestsPerKey());
        this.guesses = missesMax == 0 ? null : new GuessLimiter(missesMax, Ticker.systemTicker());
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
    public void countAddress(RoutingContext context) {
        if (perAddress != null) {
            count(context, perAddress, addresses.of(context.request()));
        }
    }

    /**
     * Counts the request of an accepted credential, from any address.
     *
     * @throws TooManyRequests if the credential has exceeded its rate
     */
    public void countCredential(RoutingContext context) {
        Credential credential = perKey == null ? null : Authenticator.credential(context);
        if (perKey != null && credential != null) {
            count(context, perKey, credential.name());
        }
    }

    /**
     * Counts a message of a channel as a request of its address and its credential.
     *
     * @throws TooManyRequests if either has exceeded its rate
     */
    public void countMessage(String address, @Nullable Credential credential) {
        count(address, credential, 1);
    }

    /**
     * Counts each of {@code watches} of one request as a request, of which the request itself was one.
     *
     * @throws TooManyRequests if the address or the credential has exceeded its rate
     * @throws OutOfBounds if there are more than a rate ever allows at once
     */
    public void countWatches(String address, @Nullable Credential credential, int watches) {
        refuseIfBeyond(perAddress, watches);
        refuseIfBeyond(credential == null ? null : perKey, watches);
        if (watches > 1) {
            count(address, credential, watches - 1);
        }
    }

    private static void refuseIfBeyond(@Nullable RateLimiter limiter, int watches) {
        if (limiter != null && watches > limiter.quota()) {
            throw new OutOfBounds(
                    "watches",
                    "watches must have at most " + limiter.quota() + " items (has " + watches
                            + "), because each counts as a request and one " + limiter.name()
                            + " may make that many a minute.");
        }
    }

    private void count(String address, @Nullable Credential credential, int requests) {
        if (perAddress != null) {
            refuseIfExceeded(perAddress, perAddress.take(address, requests));
        }
        if (perKey != null && credential != null) {
            refuseIfExceeded(perKey, perKey.take(credential.name(), requests));
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
        refuseIfExceeded(limiter, probe);
    }

    private static void refuseIfExceeded(RateLimiter limiter, ConsumptionProbe probe) {
        if (!probe.isConsumed()) {
            throw new TooManyRequests(limiter.name(), limiter.quota(), wholeSeconds(probe.getNanosToWaitForRefill()));
        }
    }

    private static Duration wholeSeconds(long nanos) {
        return RateLimiter.wholeSeconds(Duration.ofNanos(nanos));
    }

    /** Accepts the lookup of {@code key}, or rejects it as {@link GuessLimiter#admit} does; the reply shows whether it failed. */
    public void checkLookup(RoutingContext context, SessionKey key) {
        IntConsumer lookup = newLookup(addresses.of(context.request()), key);
        if (lookup != null) {
            // Not when the head is sent: the framework has not set the status by then.
            context.addEndHandler(end -> {
                if (end.succeeded()) {
                    lookup.accept(context.response().getStatusCode());
                }
            });
        }
    }

    /** As {@link #checkLookup(RoutingContext, SessionKey)}; returns what is called with the status of the reply. */
    public IntConsumer checkLookup(String address, SessionKey key) {
        IntConsumer lookup = newLookup(address, key);
        return lookup == null ? status -> {} : lookup;
    }

    /** As above; null if the reply reveals nothing new. */
    private @Nullable IntConsumer newLookup(String address, SessionKey key) {
        if (guesses == null) {
            return null;
        }
        var lookup = new Lookup(address, key);
        if (guesses.isKnown(lookup)) {
            return null;
        }
        guesses.admit(lookup);
        return status -> learn(guesses, lookup, status);
    }

    /** Most refusals precede the lookup and reveal nothing about the code; those for a token or a conflict follow it. */
    private static void learn(GuessLimiter guesses, Lookup lookup, int status) {
        if (status == 404) {
            guesses.missed(lookup);
        } else if (status < 400 || status == 403 || status == 409 || status == 412) {
            guesses.found(lookup);
        }
    }
}
