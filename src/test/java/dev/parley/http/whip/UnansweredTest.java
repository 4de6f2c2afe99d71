package dev.parley.http.whip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.contract.SqliteProfile;
import dev.parley.http.HttpReply;
import dev.parley.http.TestClient;
import dev.parley.waiting.WaitRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nobody answers. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
@SuppressWarnings("NullAway.Init") // the container fills the fields
class UnansweredTest {
    @Inject
    WaitRegistry registry;

    @ParameterizedTest
    @EnumSource
    void anUnansweredOfferLeavesNoSession(Protocol protocol) {
        TestClient page = TestClient.ofNewOrigin();
        var client = new WhipClient(protocol, page);
        String topic = "stage-" + UUID.randomUUID();

        HttpReply reply = WhipClient.reply(client.offer(client.endpoint(topic))).isProblem(503, "unanswered");
        assertThat(reply.header("Retry-After")).isEqualTo("1");
        assertThat(reply.hasHeader("Location")).isFalse();
        assertThat(WhipClient.listings(page, topic)).isEmpty();
        await().until(() -> registry.size() == 0);
    }
}
