package dev.parley.http.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.parley.contract.SqliteProfile;
import dev.parley.http.ChannelClient;
import io.quarkus.runtime.shutdown.ShutdownRecorder;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.lang.reflect.Method;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Channels in the drain period. The application cannot be used afterwards, so nothing shares its profile. */
@QuarkusTest
@TestProfile(ChannelDrainTest.Draining.class)
@SuppressWarnings("NullAway.Init") // the container fills the field
class ChannelDrainTest {
    public static final class Draining extends SqliteProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return with(super.getConfigOverrides(), Map.of("parley.http.drain", "1s"));
        }
    }

    @Inject
    Channels channels;

    @Test
    void newChannelsAreRefusedAndOpenOnesContinueUntilTheEndOfThePeriod() throws ReflectiveOperationException {
        try (ChannelClient client = ChannelClient.open()) {
            client.call("find").is(200);

            beginToStop();

            assertThatThrownBy(ChannelClient::open).hasStackTraceContaining("503");
            assertThat(client.closeCode()).isEqualTo(1001);
        }
        await().untilAsserted(() -> assertThat(channels.isEmpty()).isTrue());
    }

    private static void beginToStop() throws ReflectiveOperationException {
        Method begin = ShutdownRecorder.class.getDeclaredMethod("executePreShutdown");
        begin.setAccessible(true);
        begin.invoke(null);
    }
}
