package dev.parley.http.channel;

import dev.parley.contract.SqliteProfile;
import java.util.Map;

/** The application with limits of channels that a test reaches, and a proxy on the loopback address that it trusts. */
public final class ChannelLimitsProfile extends SqliteProfile {
    static final int IN_FLIGHT = 4;
    static final int WATCHES = 3;
    static final int PER_CLIENT = 3;
    static final int TOTAL = 5;
    static final int MISSES = 5;

    @Override
    public Map<String, String> getConfigOverrides() {
        return with(
                super.getConfigOverrides(),
                Map.ofEntries(
                        Map.entry("parley.channel.in-flight", Integer.toString(IN_FLIGHT)),
                        Map.entry("parley.channel.watches", Integer.toString(WATCHES)),
                        Map.entry("parley.channel.per-client", Integer.toString(PER_CLIENT)),
                        Map.entry("parley.channel.total", Integer.toString(TOTAL)),
                        Map.entry("parley.channel.buffer", "64K"),
                        Map.entry("parley.channel.ping", "1s"),
                        Map.entry("parley.waiting.total", "1"), // for requests over HTTP
                        Map.entry("parley.waiting.per-client", "1"),
                        Map.entry("parley.log.access", "true"),
                        Map.entry("parley.limits.arrival", "2s"),
                        Map.entry("parley.limits.misses-per-address", Integer.toString(MISSES)),
                        Map.entry("parley.limits.trusted-proxies", "127.0.0.1")));
    }
}
