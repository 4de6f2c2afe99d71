package dev.parley.http;

import dev.parley.contract.SqliteProfile;
import dev.parley.http.SqliteReconnectTest.Profile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** The reconnects on SQLite. */
@Tag("campaign")
@QuarkusTest
@TestProfile(Profile.class)
class SqliteReconnectTest extends ReconnectContract {
    public static final class Profile extends SqliteProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            var settings = new HashMap<>(super.getConfigOverrides());
            settings.putAll(SETTINGS);
            return settings;
        }
    }
}
