package dev.parley.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException.TooManyGuesses;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;

/**
 * Slows down brute force against codes: a client address has a number of failed lookups per minute; beyond them, lookups of codes
 * that are new to the address are rejected.
 *
 * <p>Rejection happens before the lookup, so that it reveals nothing about the code. A code that the address has found or missed
 * within the last minutes is not new: looking it up again is always allowed and not counted again. So a client that polls an expired
 * session still gets 404, and clients that share an address with an attacker continue with their sessions.
 *
 * <p>Lookups in progress when the last failure is counted are completed, and their failures extend the wait.
 */
// Caffeine finds the classes of a cache by a name made of its options.
@RegisterForReflection(
        classNames = {"com.github.benmanes.caffeine.cache.PSAMS", "com.github.benmanes.caffeine.cache.SSMSA"})
public final class GuessLimiter {
    private static final int LOOKUPS_MAX = 50_000;
    private static final Duration RETENTION = Duration.ofMinutes(5);
    private static final Duration DEBT_RETENTION = Duration.ofHours(1);

    private final RateLimiter misses;

    /** Lookups by address, found or not. */
    private final Cache<Lookup, Boolean> lookups;

    /** @param missesMax failed lookups per address and minute, at least 1 */
    public GuessLimiter(int missesMax, Ticker ticker) {
        this.misses = new RateLimiter("misses", missesMax, DEBT_RETENTION, ticker);
        this.lookups = Caffeine.newBuilder()
                .ticker(ticker)
                .expireAfterAccess(RETENTION)
                .maximumSize(LOOKUPS_MAX)
                .executor(Runnable::run)
                .build();
    }

    /** A lookup of a code from an address. */
    public record Lookup(String address, SessionKey key) {}

    /** Whether the address has looked the code up before, so that this is no guess. */
    public boolean isKnown(Lookup lookup) {
        return lookups.getIfPresent(lookup) != null;
    }

    /**
     * Accepts the lookup of a code that is new to the address.
     *
     * @throws TooManyGuesses if the address has no failed lookup left
     */
    public void admit(Lookup lookup) {
        Duration wait = misses.waitFor(lookup.address());
        if (!wait.isZero()) {
            throw new TooManyGuesses(RateLimiter.wholeSeconds(wait));
        }
    }

    /** Records that the session exists, whoever may access it. */
    public void found(Lookup lookup) {
        lookups.put(lookup, true);
    }

    /** Records that there is no such session. */
    public void missed(Lookup lookup) {
        lookups.put(lookup, false);
        misses.takeInAdvance(lookup.address());
    }
}
