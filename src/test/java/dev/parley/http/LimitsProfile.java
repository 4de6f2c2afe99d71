package dev.parley.http;

import dev.parley.contract.SqliteProfile;
import java.util.Map;

/**
 * The application with limits that a test reaches, the shortest intervals, an access log, and a public URL that is not its address.
 */
public final class LimitsProfile extends SqliteProfile {
    public static final int PER_REQUEST = 4;
    public static final int PER_SESSION = 3;
    static final int PER_TOPIC = 3;
    static final int PER_CLIENT = 5;
    static final int TOTAL = 7;
    static final int MISSES = 10;
    static final int CONNECTIONS = 600;
    static final String PUBLIC_ORIGIN = "https://parley.test";

    @Override
    public Map<String, String> getConfigOverrides() {
        return with(
                super.getConfigOverrides(),
                Map.ofEntries(
                        Map.entry("parley.waiting.per-request", Integer.toString(PER_REQUEST)),
                        Map.entry("parley.waiting.per-session", Integer.toString(PER_SESSION)),
                        Map.entry("parley.waiting.per-topic", Integer.toString(PER_TOPIC)),
                        Map.entry("parley.waiting.per-client", Integer.toString(PER_CLIENT)),
                        Map.entry("parley.waiting.total", Integer.toString(TOTAL)),
                        Map.entry("parley.whip.wait", "30s"),
                        Map.entry("parley.waiting.recheck", "100ms"),
                        Map.entry("parley.waiting.keep-alive", "1s"),
                        Map.entry("parley.channel.ping", "1s"),
                        Map.entry("parley.limits.misses-per-address", Integer.toString(MISSES)),
                        Map.entry("parley.limits.arrival", "2s"),
                        Map.entry("parley.limits.connections", Integer.toString(CONNECTIONS)),
                        Map.entry("parley.log.access", "true"),
                        Map.entry("parley.http.public-url", "https://Parley.test:443/"),
                        Map.entry("parley.cors.origins", "/https://[^/]+\\.example/")));
    }
}
