package dev.parley.http;

import dev.parley.contract.SqliteProfile;
import java.util.HashMap;
import java.util.Map;

/** The application where it asks for keys, with rates that a test reaches. */
public final class KeyRateProfile extends SqliteProfile {
    static final int PER_ADDRESS = 5;
    static final int PER_KEY = 3;

    @Override
    public Map<String, String> getConfigOverrides() {
        var settings = new HashMap<>(KeyProfile.with(super.getConfigOverrides()));
        settings.put("parley.limits.requests-per-address", Integer.toString(PER_ADDRESS));
        settings.put("parley.limits.requests-per-key", Integer.toString(PER_KEY));
        return settings;
    }
}
