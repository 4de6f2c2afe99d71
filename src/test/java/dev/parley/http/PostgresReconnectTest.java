package dev.parley.http;

import dev.parley.contract.PostgresProfile;
import dev.parley.http.PostgresReconnectTest.Profile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** The reconnects on PostgreSQL. */
@Tag("campaign")
@QuarkusTest
@TestProfile(Profile.class)
class PostgresReconnectTest extends ReconnectContract {
    public static final class Profile extends PostgresProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            var settings = new HashMap<>(super.getConfigOverrides());
            settings.putAll(SETTINGS);
            return settings;
        }
    }
}
