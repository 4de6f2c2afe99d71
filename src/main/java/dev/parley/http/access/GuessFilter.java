package dev.parley.http.access;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.parley.access.AccessConfig;
import dev.parley.access.GuessLimiter;
import dev.parley.session.SessionKey;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Stands before every look-up by a code, of either API, and learns from the reply whether it was a guess that missed. */
@Singleton
public final class GuessFilter {
    private final Optional<GuessLimiter> guesses;
    private final ClientAddresses addresses;

    public GuessFilter(AccessConfig config, ClientAddresses addresses) {
        int missesMax = config.missesPerAddress();
        this.guesses =
                missesMax == 0 ? Optional.empty() : Optional.of(new GuessLimiter(missesMax, Ticker.systemTicker()));
        this.addresses = addresses;
    }

    /** Lets the request go on to the session, or refuses it as {@link GuessLimiter#admit} does. */
    public void pass(RoutingContext context, SessionKey key) {
        if (guesses.isEmpty()) {
            return;
        }
        GuessLimiter all = guesses.get();
        var look = new GuessLimiter.Look(addresses.of(context.request()), key);
        if (!all.isKnown(look)) {
            all.admit(look);
            // Not with the head, for then the framework has not set the status yet.
            context.addEndHandler(end -> {
                if (end.succeeded()) {
                    learn(all, look, context.response().getStatusCode());
                }
            });
        }
    }

    /** Most refusals come before the look-up, so they tell nothing of the code; those of a token or of a race come behind it. */
    private static void learn(GuessLimiter guesses, GuessLimiter.Look look, int status) {
        if (status == 404) {
            guesses.missed(look);
        } else if (status < 400 || status == 403 || status == 409 || status == 412) {
            guesses.found(look);
        }
    }
}
