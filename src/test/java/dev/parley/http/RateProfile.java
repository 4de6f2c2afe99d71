package dev.parley.http;

import java.util.Map;

/** The application with keys, rates that a test reaches, and a proxy that it trusts. */
public final class RateProfile extends KeyProfile {
    public static final int PER_ADDRESS = 5;
    public static final String TRUSTED_PROXY = "127.0.0.99";
    static final int PER_KEY = 3;

    @Override
    public Map<String, String> getConfigOverrides() {
        return with(
                super.getConfigOverrides(),
                Map.of(
                        "parley.limits.requests-per-address",
                        Integer.toString(PER_ADDRESS),
                        "parley.limits.requests-per-key",
                        Integer.toString(PER_KEY),
                        "parley.limits.trusted-proxies",
                        TRUSTED_PROXY));
    }
}
