package dev.parley.http.observe;

import dev.parley.contract.SqliteProfile;
import java.util.HashMap;
import java.util.Map;

/** The application with an access log. */
public final class AccessLogProfile extends SqliteProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        var settings = new HashMap<>(super.getConfigOverrides());
        settings.put("parley.log.access", "true");
        return settings;
    }
}
