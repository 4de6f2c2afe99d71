package dev.parley.http.access;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.parley.access.AccessConfig;
import dev.parley.access.GuessLimiter;
import dev.parley.access.GuessLimiter.Lookup;
import dev.parley.session.SessionKey;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Applies the limit of failed lookups to each lookup of a code, in both APIs, and learns from the reply whether it failed. */
@Singleton
public final class GuessFilter {
    private final @Nullable GuessLimiter limiter;
    private final ClientAddresses addresses;

    public GuessFilter(AccessConfig config, ClientAddresses addresses) {
        int missesMax = config.missesPerAddress();
        this.limiter = missesMax == 0 ? null : new GuessLimiter(missesMax, Ticker.systemTicker());
        this.addresses = addresses;
    }

    /** Accepts the lookup of {@code key}, or rejects it as {@link GuessLimiter#admit} does. */
    public void pass(RoutingContext context, SessionKey key) {
        if (limiter == null) {
            return;
        }
        var lookup = new Lookup(addresses.of(context.request()), key);
        if (!limiter.isKnown(lookup)) {
            limiter.admit(lookup);
            // Not when the head is sent: the framework has not set the status by then.
            context.addEndHandler(end -> {
                if (end.succeeded()) {
                    learn(limiter, lookup, context.response().getStatusCode());
                }
            });
        }
    }

    /** Most refusals precede the lookup and reveal nothing about the code; those for a token or a conflict follow it. */
    private static void learn(GuessLimiter limiter, Lookup lookup, int status) {
        if (status == 404) {
            limiter.missed(lookup);
        } else if (status < 400 || status == 403 || status == 409 || status == 412) {
            limiter.found(lookup);
        }
    }
}
