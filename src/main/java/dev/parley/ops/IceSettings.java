package dev.parley.ops;

import dev.parley.config.InvalidConfiguration;
import dev.parley.ice.IceServers;
import dev.parley.ice.IceServers.Turn;
import dev.parley.ice.IceUri;
import dev.parley.ice.TurnSecret;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads what the configuration says of STUN and TURN; what will not do stops the start. */
final class IceSettings {
    private IceSettings() {}

    static IceServers iceServers(ParleyConfig.Ice ice, InstantSource clock, SecureRandom random) {
        List<IceUri> stun = uris("parley.ice.stun", ice.stun(), IceUri::stun);
        List<IceUri> turn = uris("parley.ice.turn", ice.turn(), IceUri::turn);
        return new IceServers(stun, turn(turn, ice.turnSecret()), ice.turnTtl(), clock, random);
    }

    private static @Nullable Turn turn(List<IceUri> urls, Optional<String> secret) {
        if (urls.isEmpty() && secret.isEmpty()) {
            return null;
        }
        if (urls.isEmpty()) {
            throw new InvalidConfiguration(
                    "parley.ice.turn: it names no server that parley.ice.turn-secret could be for.");
        }
        return new Turn(
                urls,
                secret.map(TurnSecret::new)
                        .orElseThrow(() -> new InvalidConfiguration(
                                "parley.ice.turn-secret: the servers of parley.ice.turn need it.")));
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
}
