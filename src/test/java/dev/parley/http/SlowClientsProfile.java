package dev.parley.http;

import dev.parley.signaling.SqliteProfile;
import java.util.HashMap;
import java.util.Map;

/** The application with little time for requests to arrive, and for so many connections. */
public final class SlowClientsProfile extends SqliteProfile {
    static final int CONNECTIONS = 600;

    @Override
    public Map<String, String> getConfigOverrides() {
        var settings = new HashMap<>(super.getConfigOverrides());
        settings.put("parley.limits.arrival", "2s");
        settings.put("quarkus.http.limits.max-connections", Integer.toString(CONNECTIONS));
        return settings;
    }
}
