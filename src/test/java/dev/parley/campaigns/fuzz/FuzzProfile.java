package dev.parley.campaigns.fuzz;

import dev.parley.contract.SqliteProfile;
import java.util.HashMap;
import java.util.Map;

/** Defaults, but without the limit of failed code lookups, because most codes do not exist, and with short waits. */
public final class FuzzProfile extends SqliteProfile {
    static final int WAIT_MAX_SECONDS = 1;

    @Override
    public Map<String, String> getConfigOverrides() {
        var settings = new HashMap<>(super.getConfigOverrides());
        settings.put("parley.limits.misses-per-address", "0");
        settings.put("parley.waiting.max", WAIT_MAX_SECONDS + "s");
        return settings;
    }
}
