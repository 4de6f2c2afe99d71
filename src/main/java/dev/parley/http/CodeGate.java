package dev.parley.http;

import dev.parley.access.ClientAddresses;
import dev.parley.access.Guesses;
import dev.parley.session.SessionKey;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/** Stands before every look-up by a code, of either API, and learns from the reply whether it was a guess that missed. */
public final class CodeGate {
    private final Optional<Guesses> guesses;
    private final ClientAddresses addresses;

    public CodeGate(Optional<Guesses> guesses, ClientAddresses addresses) {
        this.guesses = guesses;
        this.addresses = addresses;
    }

    /** Lets the request go on to the session, or refuses it as {@link Guesses#admit} does. */
    void pass(RoutingContext context, SessionKey key) {
        if (guesses.isEmpty()) {
            return;
        }
        Guesses all = guesses.get();
        var look = new Guesses.Look(addresses.of(context.request()), key);
        if (!all.isKnown(look)) {
            all.admit(look);
            context.addHeadersEndHandler(
                    sent -> learn(all, look, context.response().getStatusCode()));
        }
    }

    /** Most refusals come before the look-up, so they tell nothing of the code; those of a token or of a race come behind it. */
    private static void learn(Guesses guesses, Guesses.Look look, int status) {
        if (status == 404) {
            guesses.missed(look);
        } else if (status < 400 || status == 403 || status == 409 || status == 412) {
            guesses.found(look);
        }
    }
}
