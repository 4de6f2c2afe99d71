package dev.parley.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException.TooManyGuesses;
import java.time.Duration;

/**
 * Slows down who tries codes out: an address may ask so often a minute for a code that leads nowhere, and beyond that for no code
 * that is new to it.
 *
 * <p>Refused is before anything is looked up, else the difference between a refusal and a reply would tell what a guess should not.
 * What is not new tells nothing: a code that the address has found, or missed, within the last minutes may be asked for as often as
 * it likes and is counted once. So who polls a session that has expired gets 404 as ever, and those who share an address with
 * somebody who guesses go on with their sessions; only what is new to the address has to wait.
 *
 * <p>Calls that are on their way when the last miss is counted are let through, and owed: the address waits the longer.
 */
public final class GuessLimiter {
    private static final int LOOKS_MAX = 50_000;
    private static final Duration REMEMBERED = Duration.ofMinutes(5);
    private static final Duration DEBT_REMEMBERED = Duration.ofHours(1);

    private final RateLimiter misses;

    /** What addresses have asked for, found or not. */
    private final Cache<Look, Boolean> looks;

    /** @param missesMax how often a minute an address may miss, at least once */
    public GuessLimiter(int missesMax, Ticker ticker) {
        this.misses = new RateLimiter("misses", missesMax, DEBT_REMEMBERED, ticker);
        this.looks = Caffeine.newBuilder()
                .ticker(ticker)
                .expireAfterAccess(REMEMBERED)
                .maximumSize(LOOKS_MAX)
                .executor(Runnable::run)
                .build();
    }

    /** Somebody at an address asks for the session of a code. */
    public record Look(String address, SessionKey key) {}

    /** Whether that address has asked for that code before, so that asking again is no guess. */
    public boolean isKnown(Look look) {
        return looks.getIfPresent(look) != null;
    }

    /**
     * Lets a look at a code that is new to the address pass.
     *
     * @throws TooManyGuesses if the address has missed too often
     */
    public void admit(Look look) {
        Duration wait = misses.waitFor(look.address());
        if (!wait.isZero()) {
            throw new TooManyGuesses(RateLimiter.wholeSeconds(wait));
        }
    }

    /** The session was there, or is there for somebody else. */
    public void found(Look look) {
        looks.put(look, true);
    }

    /** There was no such session. */
    public void missed(Look look) {
        looks.put(look, false);
        misses.owe(look.address());
    }
}
