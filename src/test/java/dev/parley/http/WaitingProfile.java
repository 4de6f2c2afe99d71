package dev.parley.http;

import dev.parley.contract.SqliteProfile;
import java.util.HashMap;
import java.util.Map;

/** The application with bounds on waiting that a test reaches, and with the least patience that it may be configured with. */
public final class WaitingProfile extends SqliteProfile {
    static final int PER_SESSION = 3;
    static final int PER_CLIENT = 5;
    static final int TOTAL = 7;

    @Override
    public Map<String, String> getConfigOverrides() {
        var settings = new HashMap<>(super.getConfigOverrides());
        settings.put("parley.waiting.per-session", Integer.toString(PER_SESSION));
        settings.put("parley.waiting.per-client", Integer.toString(PER_CLIENT));
        settings.put("parley.waiting.total", Integer.toString(TOTAL));
        settings.put("parley.waiting.recheck", "100ms");
        settings.put("parley.waiting.keep-alive", "1s");
        return settings;
    }
}
