package dev.parley.ice;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The servers that a deployment names, granted to one peer after the other. */
public final class IceServers {
    private static final int USER_BYTES = 8;

    private final List<IceUri> stun;
    private final @Nullable Turn turn;
    private final Duration ttl;
    private final InstantSource clock;
    private final SecureRandom random;

    /** TURN servers that share a secret with Parley. */
    public record Turn(List<IceUri> urls, TurnSecret secret) {
        public Turn {
            urls = List.copyOf(urls);
        }
    }

    /**
     * @param turn null where there is none
     * @param ttl how long a grant lasts
     */
    public IceServers(List<IceUri> stun, @Nullable Turn turn, Duration ttl, InstantSource clock, SecureRandom random) {
        this.stun = List.copyOf(stun);
        this.turn = turn;
        this.ttl = ttl;
        this.clock = clock;
        this.random = random;
    }

    /** A new grant. Each is for a user of its own, so that a TURN server's quotas and its log tell the peers apart. */
    public IceGrant grant() {
        Instant expiresAt = clock.instant().plus(ttl).truncatedTo(ChronoUnit.SECONDS);
        var servers = new ArrayList<IceServer>();
        if (!stun.isEmpty()) {
            servers.add(new IceServer(stun, null));
        }
        if (turn != null) {
            servers.add(new IceServer(turn.urls(), turn.secret().credential(expiresAt, newUser())));
        }
        return new IceGrant(servers, expiresAt);
    }

    private String newUser() {
        var bits = new byte[USER_BYTES];
        random.nextBytes(bits);
        return HexFormat.of().formatHex(bits);
    }
}
