package dev.parley.http;

import dev.parley.access.TestIssuer;
import dev.parley.contract.SqliteProfile;
import java.util.Map;

/** The application with keys and the tokens of one issuer, and a management port that is reachable from other machines. */
public class KeyProfile extends SqliteProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        return with(
                super.getConfigOverrides(),
                Map.of(
                        "parley.access",
                        "key",
                        "parley.access.refresh",
                        "60s", // tests reload keys themselves
                        "parley.access.jwt.issuer",
                        TestIssuer.NAME,
                        "parley.access.jwt.public-key",
                        TestIssuer.ofApplication().pem(),
                        "parley.waiting.recheck",
                        "100ms",
                        "parley.waiting.keep-alive",
                        "1s",
                        "parley.channel.ping",
                        "1s",
                        "parley.whip.wait",
                        "30s",
                        "quarkus.management.host",
                        "0.0.0.0"));
    }
}
