package dev.parley.http;

import dev.parley.contract.SqliteProfile;
import java.util.HashMap;
import java.util.Map;

/** The application as it slows guesses down where nothing else is said. */
public final class GuessLimitProfile extends SqliteProfile {
    static final int MISSES = 10;

    @Override
    public Map<String, String> getConfigOverrides() {
        var settings = new HashMap<>(super.getConfigOverrides());
        settings.put("parley.limits.misses-per-address", Integer.toString(MISSES));
        return settings;
    }
}
