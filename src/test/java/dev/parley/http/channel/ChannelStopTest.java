package dev.parley.http.channel;

import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.contract.SqliteProfile;
import dev.parley.http.ChannelClient;
import dev.parley.http.ChannelClient.Reply;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Channels when the service stops. The application cannot be used afterwards, so nothing shares its profile. */
@QuarkusTest
@TestProfile(ChannelStopTest.Stopping.class)
@SuppressWarnings("NullAway.Init") // the container fills the field
class ChannelStopTest {
    public static final class Stopping extends SqliteProfile {}

    @Inject
    Channels channels;

    @Test
    void requestsInProgressAreRepliedToBeforeTheChannelIsClosed() {
        try (ChannelClient idle = ChannelClient.open();
                ChannelClient busy = ChannelClient.open()) {
            var sent = new ArrayList<CompletableFuture<JsonNode>>();
            for (int i = 0; i < 40; i++) {
                sent.add(busy.send("open", "body", object("offer", "an offer")));
            }
            ChannelClient.reply(sent.get(0)).is(201);

            channels.close();

            assertThat(idle.closeCode()).isEqualTo(1001);
            assertThat(busy.closeCode()).isEqualTo(1001);
            for (CompletableFuture<JsonNode> reply : sent) {
                if (reply.isDone()) {
                    assertThat(new Reply(reply.join()).status()).isIn(201, 503);
                }
            }
            assertThat(channels.size()).isZero();
            assertThatThrownBy(ChannelClient::open).hasStackTraceContaining("503");
        }
    }
}
