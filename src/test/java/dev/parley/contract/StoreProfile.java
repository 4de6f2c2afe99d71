package dev.parley.contract;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;
import java.util.Set;

/** The application for the store's tests on any engine: with a movable clock, and without scheduled sweeps. */
public abstract class StoreProfile implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "quarkus.http.test-port",
                "0",
                "parley.expiry.schedule",
                "off",
                // Many tests look up unknown codes, all from one address.
                "parley.limits.misses-per-address",
                "0",
                // The application refuses unknown settings, such as the tests' -Dparley.seed.
                "smallrye.config.mapping.validate-unknown",
                "false");
    }

    @Override
    public Set<Class<?>> getEnabledAlternatives() {
        return Set.of(MovableClock.class);
    }
}
