package dev.parley.access;

import org.jspecify.annotations.Nullable;

/**
 * The rates that requests are held to; each null where there is none.
 *
 * @param perAddress of each network address
 * @param perKey of each credential, wherever it is used from
 */
public record RateLimiters(
        @Nullable RateLimiter perAddress, @Nullable RateLimiter perKey) {}
