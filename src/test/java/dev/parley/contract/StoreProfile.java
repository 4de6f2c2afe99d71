package dev.parley.contract;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;
import java.util.Set;

/** The application as the store's tests need it, whatever the engine: a clock to move, and no sweeper that comes by itself. */
public abstract class StoreProfile implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "quarkus.http.test-port",
                "0",
                "parley.expiry.schedule",
                "off",
                // Many tests ask for what is not there, all from one address.
                "parley.limits.misses-per-address",
                "0",
                // The application refuses keys that it does not know; -Dparley.seed= and its like are the tests' own.
                "smallrye.config.mapping.validate-unknown",
                "false");
    }

    @Override
    public Set<Class<?>> getEnabledAlternatives() {
        return Set.of(MovableClock.class);
    }
}
