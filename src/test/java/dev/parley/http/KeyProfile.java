package dev.parley.http;

import dev.parley.access.TestIssuer;
import dev.parley.contract.SqliteProfile;
import java.util.HashMap;
import java.util.Map;

/** The application where it asks for keys, and takes the tokens of one issuer; its operators look from afar. */
public final class KeyProfile extends SqliteProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        return with(super.getConfigOverrides());
    }

    static Map<String, String> with(Map<String, String> others) {
        var settings = new HashMap<>(others);
        settings.put("parley.access", "key");
        settings.put("parley.access.refresh", "60s"); // a test looks when it wants to
        settings.put("parley.access.jwt.issuer", TestIssuer.NAME);
        settings.put("parley.access.jwt.public-key", TestIssuer.ofApplication().pem());
        settings.put("parley.waiting.recheck", "100ms");
        settings.put("parley.waiting.keep-alive", "1s");
        settings.put("quarkus.management.host", "0.0.0.0");
        return settings;
    }
}
