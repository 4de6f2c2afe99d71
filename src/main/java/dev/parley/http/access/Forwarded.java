package dev.parley.http.access;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * How a request left its client, as trusted proxies forwarded it.
 *
 * @param client the client's address; the proxy's own where it is not known
 * @param scheme the scheme that the client used; null where no trusted proxy says it
 * @param host the host, with a port unless it is the default, that the client asked; null where no trusted proxy says it
 */
public record Forwarded(
        InetAddress client,
        @Nullable String scheme,
        @Nullable String host) {}
