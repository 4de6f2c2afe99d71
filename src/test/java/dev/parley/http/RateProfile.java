package dev.parley.http;

import dev.parley.contract.SqliteProfile;
import java.util.HashMap;
import java.util.Map;

/** The application with a rate that a test reaches, behind one proxy that it trusts. */
public final class RateProfile extends SqliteProfile {
    public static final int PER_ADDRESS = 5;
    public static final String TRUSTED_PROXY = "127.0.0.99";

    @Override
    public Map<String, String> getConfigOverrides() {
        var settings = new HashMap<>(super.getConfigOverrides());
        settings.put("parley.limits.requests-per-address", Integer.toString(PER_ADDRESS));
        settings.put("parley.limits.trusted-proxies", TRUSTED_PROXY);
        settings.put("parley.waiting.per-client", "1");
        return settings;
    }
}
