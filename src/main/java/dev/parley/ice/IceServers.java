package dev.parley.ice;

import dev.parley.config.InvalidConfiguration;
import dev.parley.ice.TurnSecret.TurnCredential;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Grants peers the configured STUN and TURN servers, with a credential of their own for the latter. */
@Singleton
public final class IceServers {
    private static final int USER_BYTES = 8;

    private final List<IceUri> stun;
    private final List<IceUri> turn;
    private final @Nullable TurnSecret secret;
    private final Duration ttl;
    private final InstantSource clock;
    private final SecureRandom random;

    /**
     * Servers that share a credential: one entry of an RTCConfiguration's {@code iceServers} (W3C WebRTC 1.0, section 4.2.2).
     *
     * @param credential null for STUN servers, which need none
     */
    public record IceServer(List<IceUri> urls, @Nullable TurnCredential credential) {
        public IceServer {
            urls = List.copyOf(urls);
        }
    }

    /** @param expiresAt when the credentials expire, in whole seconds; the peer requests a new grant before */
    public record IceGrant(List<IceServer> servers, Instant expiresAt) {
        public IceGrant {
            servers = List.copyOf(servers);
        }
    }

    /** @throws InvalidConfiguration if an URI is invalid, or TURN servers and secret are not configured together */
    public IceServers(IceConfig config, InstantSource clock, SecureRandom random) {
        this.stun = uris("parley.ice.stun", config.stun(), IceUri::stun);
        this.turn = uris("parley.ice.turn", config.turn(), IceUri::turn);
        this.secret = config.turnSecret().map(TurnSecret::new).orElse(null);
        this.ttl = config.turnTtl();
        this.clock = clock;
        this.random = random;
        if (turn.isEmpty() && secret != null) {
            throw new InvalidConfiguration(
                    "parley.ice.turn: must name the servers that parley.ice.turn-secret is for.");
        }
        if (secret == null && !turn.isEmpty()) {
            throw new InvalidConfiguration("parley.ice.turn-secret: required by the servers of parley.ice.turn.");
        }
    }

    private static List<IceUri> uris(String key, Optional<List<String>> texts, Function<String, IceUri> parser) {
        var uris = new ArrayList<IceUri>();
        for (String text : texts.orElse(List.of())) {
            try {
                uris.add(parser.apply(text.strip()));
            } catch (IllegalArgumentException e) {
                throw new InvalidConfiguration(key + ", entry " + (uris.size() + 1) + ": " + e.getMessage());
            }
        }
        return uris;
    }

    /** A new grant for a random user, so that a TURN server's quotas and log distinguish the peers. */
    public IceGrant grant() {
        Instant expiresAt = clock.instant().plus(ttl).truncatedTo(ChronoUnit.SECONDS);
        var servers = new ArrayList<IceServer>();
        if (!stun.isEmpty()) {
            servers.add(new IceServer(stun, null));
        }
        if (secret != null) {
            servers.add(new IceServer(turn, secret.credential(expiresAt, newUser())));
        }
        return new IceGrant(servers, expiresAt);
    }

    private String newUser() {
        var bits = new byte[USER_BYTES];
        random.nextBytes(bits);
        return HexFormat.of().formatHex(bits);
    }
}
