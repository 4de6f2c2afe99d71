package dev.parley.http.whip;

import dev.parley.contract.SqliteProfile;
import java.util.Map;

/** The application with a wait for answers that only a hang exceeds. */
public final class WhipProfile extends SqliteProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        return with(super.getConfigOverrides(), Map.of("parley.whip.wait", "30s"));
    }
}
