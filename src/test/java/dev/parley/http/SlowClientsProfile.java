package dev.parley.http;

import dev.parley.contract.SqliteProfile;
import java.util.HashMap;
import java.util.Map;

/** The application with a short arrival time and few connections. */
public final class SlowClientsProfile extends SqliteProfile {
    static final int CONNECTIONS = 600;

    @Override
    public Map<String, String> getConfigOverrides() {
        var settings = new HashMap<>(super.getConfigOverrides());
        settings.put("parley.limits.arrival", "2s");
        settings.put("parley.limits.connections", Integer.toString(CONNECTIONS));
        return settings;
    }
}
