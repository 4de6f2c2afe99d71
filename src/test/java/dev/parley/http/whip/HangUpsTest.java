package dev.parley.http.whip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.parley.CampaignSize;
import dev.parley.TestSeed;
import dev.parley.http.RawConnection;
import dev.parley.http.TestClient;
import dev.parley.waiting.WaitRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Encoders that hang up at random moments of a POST leave nothing behind. */
@Tag("campaign")
@QuarkusTest
@TestProfile(WhipProfile.class)
@SuppressWarnings("NullAway.Init") // the container fills the field
class HangUpsTest {
    private static final int OFFERS = CampaignSize.of("parley.whip.hang-ups", 1_000);
    private static final int CONCURRENT = 20;
    private static final int DELAY_MICROS_MAX = 20_000;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Inject
    WaitRegistry registry;

    private final TestClient page = TestClient.withoutOrigin();
    private final String topic = "hang-ups-" + UUID.randomUUID();
    private final String offer = "POST /whip/" + topic + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/sdp\r\n"
            + "Content-Length: " + WhipClient.OFFER.length() + "\r\n\r\n" + WhipClient.OFFER;

    @Test
    void nothingIsLeftOfAnOfferWhoseClientHangsUp() throws IOException {
        Random random = TestSeed.of(HangUpsTest.class).random();
        WhipClient.listings(page, topic); // opens what is opened once
        long descriptors = descriptors();
        List<RawConnection> open = new ArrayList<>();
        for (int i = 0; i < OFFERS; i++) {
            var connection = new RawConnection();
            open.add(connection);
            boolean whole = random.nextInt(4) > 0;
            connection.send(whole ? offer : offer.substring(0, 1 + random.nextInt(offer.length() - 1)));
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos() * random.nextInt(DELAY_MICROS_MAX) / 1_000);
            if (open.size() == CONCURRENT) {
                open.remove(random.nextInt(CONCURRENT)).close();
            }
        }
        for (RawConnection connection : open) {
            connection.close();
        }

        await().atMost(PATIENCE).until(() -> registry.size() == 0);
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(WhipClient.listings(page, topic)).isEmpty());
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(descriptors()).isLessThanOrEqualTo(descriptors + CONCURRENT));
        System.out.printf("HangUpsTest: %d offers, nothing left%n", OFFERS);
    }

    private static long descriptors() {
        return ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
                .getOpenFileDescriptorCount();
    }
}
