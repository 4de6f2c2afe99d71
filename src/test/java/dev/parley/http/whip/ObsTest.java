package dev.parley.http.whip;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.http.HttpReply;
import dev.parley.http.RawConnection;
import dev.parley.http.TestClient;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * The requests of OBS Studio 32.2.2, by its {@code plugins/obs-webrtc/whip-output.cpp}; those of 31.0.0 and later are the same but for the
 * header extensions of the offer. The offer has no candidates: they are gathered with the servers of {@code Link} after the answer, and
 * not trickled. The time limit is 8 s. Any status but 201 and an empty body are errors; a relative {@code Location} replaces the path of
 * the URL; DELETE must get 200.
 */
@QuarkusTest
@TestProfile(WhipProfile.class)
class ObsTest {
    private static final String HEADERS = """
            Accept: */*\r
            Authorization: Bearer stream-key\r
            User-Agent: Mozilla/5.0 (OBS-Studio/32.2.2; Linux x86_64; en-US)\r
            """;

    /** As libdatachannel writes it. */
    private static final String OFFER = """
            v=0
            o=rtc 3767197920 0 IN IP4 127.0.0.1
            s=-
            t=0 0
            a=group:BUNDLE 0 1
            a=group:LS 0 1
            a=msid-semantic:WMS *
            a=ice-options:ice2,trickle
            a=fingerprint:sha-256 7D:7C:1E:1F:5C:0A:AB:DE:F2:72:60:9C:39:52:0C:1B:7D:7C:1E:1F:5C:0A:AB:DE:F2:72:60:9C:39:52:0C:1B
            m=audio 9 UDP/TLS/RTP/SAVPF 111
            c=IN IP4 0.0.0.0
            a=mid:0
            a=sendonly
            a=ssrc:4135521 cname:hKmQ0zrGgFJN1BLZ
            a=rtcp-mux
            a=rtpmap:111 opus/48000/2
            a=fmtp:111 minptime=10;maxaveragebitrate=96000;stereo=1;sprop-stereo=1;useinbandfec=1
            a=setup:actpass
            a=ice-ufrag:q9sK
            a=ice-pwd:tgcU1oKRGMzVHj6VLqyFEF
            m=video 9 UDP/TLS/RTP/SAVPF 96
            c=IN IP4 0.0.0.0
            a=mid:1
            a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
            a=extmap:2 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
            a=sendonly
            a=ssrc:4135522 cname:hKmQ0zrGgFJN1BLZ
            a=rtcp-mux
            a=rtpmap:96 H264/90000
            a=rtcp-fb:96 nack
            a=rtcp-fb:96 nack pli
            a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1
            a=setup:actpass
            a=ice-ufrag:q9sK
            a=ice-pwd:tgcU1oKRGMzVHj6VLqyFEF
            """.replace("\n", "\r\n");

    @Test
    void obsStreamsToAPage() throws IOException {
        TestClient page = TestClient.ofNewOrigin();
        String topic = "obs-" + UUID.randomUUID();
        String url = "/whip/" + topic + "?namespace=" + page.origin();
        try (var connection = new RawConnection()) {
            connection.send("POST " + url + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + HEADERS
                    + "Content-Type: application/sdp\r\nContent-Length: " + OFFER.length() + "\r\n\r\n" + OFFER);
            JsonNode listing = WhipClient.awaitListing(page, topic);
            String code = listing.path("code").textValue();
            assertThat(page.get("/api/v1/sessions/" + code).send().textAt("/offer"))
                    .isEqualTo(OFFER);
            WhipClient.answer(page, code).is(201);
            HttpReply reply = connection.receive().orElseThrow().is(201);

            assertThat(reply.text()).startsWith("v=0");
            // OBS splits the values of Link at commas, and takes only those that begin so.
            assertThat(reply.headers().allValues("Link"))
                    .hasSize(3)
                    .allMatch(link -> link.startsWith("<stun:") || link.startsWith("<turn:"))
                    .noneMatch(link -> link.contains(","));
            String location = reply.header("Location");
            assertThat(location).startsWith("/");
            HttpReply deleted = connection
                    .send("DELETE " + location + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + HEADERS + "\r\n")
                    .receive()
                    .orElseThrow();
            assertThat(deleted.status()).isEqualTo(200);
            page.get("/api/v1/sessions/" + code).send().is(404);
        }
    }
}
