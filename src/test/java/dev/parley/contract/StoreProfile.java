package dev.parley.contract;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The application for tests on any engine: with a movable clock, and without scheduled sweeps. Settings that harm no other test are
 * here, because each profile restarts the application.
 */
public abstract class StoreProfile implements QuarkusTestProfile {
    public static final String TURN_SECRET = "north-south-east-west";

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.ofEntries(
                Map.entry("quarkus.http.test-port", "0"),
                // A call that no peer answers comes back soon; tests with a peer have more time.
                Map.entry("parley.whip.wait", "200ms"),
                Map.entry("parley.expiry.schedule", "off"),
                // Many tests look up unknown codes, all from one address.
                Map.entry("parley.limits.misses-per-address", "0"),
                // A lost notification is not concealed by a check of the waiting request's own.
                Map.entry("parley.waiting.recheck", "60s"),
                Map.entry("parley.ice.stun", "stun:stun.example.org, stun:[2001:db8::1]:3478"),
                Map.entry("parley.ice.turn", "turn:turn.example.org?transport=udp"),
                Map.entry("parley.ice.turn-secret", TURN_SECRET),
                Map.entry("parley.ice.turn-ttl", "10m"),
                // The application rejects unknown settings, such as the tests' -Dparley.seed.
                Map.entry("smallrye.config.mapping.validate-unknown", "false"));
    }

    /** The settings of this profile, and others or other values. */
    protected static Map<String, String> with(Map<String, String> settings, Map<String, String> others) {
        var all = new HashMap<>(settings);
        all.putAll(others);
        return all;
    }

    @Override
    public Set<Class<?>> getEnabledAlternatives() {
        return Set.of(MovableClock.class);
    }
}
