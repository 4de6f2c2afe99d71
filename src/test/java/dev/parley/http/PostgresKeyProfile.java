package dev.parley.http;

import dev.parley.contract.PostgresProfile;
import java.util.Map;

/** The same over PostgreSQL. */
public final class PostgresKeyProfile extends PostgresProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        return KeyProfile.with(super.getConfigOverrides());
    }
}
