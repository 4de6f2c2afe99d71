package dev.parley.ice;

import java.time.Instant;
import java.util.List;

/**
 * What a peer is told: the servers it may use, and until when.
 *
 * @param expiresAt when the credentials in it end, to the second; ask again before
 */
public record IceGrant(List<IceServer> servers, Instant expiresAt) {
    public IceGrant {
        servers = List.copyOf(servers);
    }
}
