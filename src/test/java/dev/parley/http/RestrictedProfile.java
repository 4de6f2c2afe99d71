package dev.parley.http;

import dev.parley.contract.SqliteProfile;
import java.util.Map;

/** The application without the compatible API, behind a proxy, and for pages of some origins only. */
public final class RestrictedProfile extends SqliteProfile {
    static final String PROXY = "127.0.0.98";

    @Override
    public Map<String, String> getConfigOverrides() {
        return with(
                super.getConfigOverrides(),
                Map.of(
                        "parley.rondevu.enabled",
                        "false",
                        "parley.limits.trusted-proxies",
                        PROXY + ",10.0.0.0/8",
                        "parley.waiting.per-client",
                        "1",
                        "parley.cors.origins",
                        "https://a.example, /https://[a-z]+\\.b\\.example/"));
    }
}
