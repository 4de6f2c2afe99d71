package dev.parley.http.whip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.session.Candidate;
import dev.parley.session.Description;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.SignalingException.OutOfBounds;
import dev.parley.session.Trickle;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SDP fragments (RFC 8840, section 9) and the part of offers that they refer to. */
class SdpFragmentTest {
    private static final String PASSWORD = "a=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y\r\n";
    private static final String HEAD = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
    private static final String CANDIDATE = "candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host";
    private static final String MEDIA = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n";

    private static final SdpOffer OFFER =
            offer(HEAD + "a=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n" + "a=ice-ufrag:EsAw\r\n"
                    + PASSWORD + "m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=bundle-only\r\n");

    private static SdpOffer offer(String sdp) {
        return SdpOffer.parse(Description.of(sdp));
    }

    /** RFC 9725, section 4.3.2, whose password differs from that of the offer. */
    @Test
    void theExampleOfTheRfcIsRead() {
        Trickle trickle = SdpFragment.parse("a=group:BUNDLE 0 1\r\n" + MEDIA
                        + "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n"
                        + "a=" + CANDIDATE + " generation 0 ufrag EsAw network-id 1\r\n"
                        + "a=candidate:473322822 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active generation 0\r\n"
                        + "a=end-of-candidates\r\n")
                .of(OFFER);

        assertThat(trickle.end()).isTrue();
        assertThat(trickle.candidates().stream().map(Candidate::text))
                .containsExactly(
                        "{\"candidate\":\"" + CANDIDATE + " generation 0 ufrag EsAw network-id 1\",\"sdpMid\":\"0\","
                                + "\"sdpMLineIndex\":0,\"usernameFragment\":\"EsAw\"}",
                        "{\"candidate\":\"candidate:473322822 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active"
                                + " generation 0\",\"sdpMid\":\"0\",\"sdpMLineIndex\":0,\"usernameFragment\":\"EsAw\"}");
    }

    /** RFC 9725, section 4.3.2. */
    @Test
    void aCandidateOfAnUnknownTransportIsDiscarded() {
        Trickle trickle = SdpFragment.parse(
                        MEDIA + "a=candidate:1 1 sctp 1 192.0.2.1 9 typ host\r\na=" + CANDIDATE + "\r\n")
                .of(OFFER);

        assertThat(trickle.candidates()).hasSize(1);
        assertThat(trickle.end()).isFalse();
    }

    @Test
    void theEndIsOfAllTransportsOfTheOfferOrOfTheSession() {
        String end = "a=end-of-candidates\r\n";
        String other = "m=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:1\r\n";
        SdpOffer unbundled = offer(HEAD + "a=ice-ufrag:EsAw\r\n" + PASSWORD + "m=audio 9 X 0\r\na=mid:0\r\n"
                + "m=video 9 X 0\r\na=mid:1\r\nm=x 9 X 0\r\n");

        for (SdpOffer offer : List.of(OFFER, unbundled)) {
            assertThat(SdpFragment.parse(end).of(offer).end()).isTrue();
            assertThat(SdpFragment.parse(end + MEDIA).of(offer).end()).isTrue();
            assertThat(SdpFragment.parse(MEDIA + other + end).of(offer).end()).isFalse();
            assertThat(SdpFragment.parse(MEDIA + end + other + end).of(offer).end())
                    .isTrue();
            assertThat(SdpFragment.parse("a=ice-ufrag:EsAw\r\n").of(offer).end())
                    .isFalse();
            assertThat(SdpFragment.parse(MEDIA + end).of(offer).end()).isEqualTo(offer.equals(OFFER));
        }
    }

    /** Neither exhausts the stack nor takes time that grows with the square of the size. */
    @Test
    void longLinesAreRead() {
        int max = 262_144;
        String media = "m=audio 9 X" + " 0".repeat(max / 2) + "\r\na=mid:0\r\n";
        String candidate = "a=" + CANDIDATE + " a b".repeat(max / 4) + "\r\n";
        String group = "a=group:BUNDLE" + " 0".repeat(max / 2) + "\r\n";

        assertThat(SdpFragment.parse(media + candidate).of(OFFER).candidates()).hasSize(1);
        assertThat(offer(HEAD + group + "a=ice-ufrag:EsAw\r\n" + PASSWORD + media)
                        .media())
                .hasSize(1);
        for (String malformed : List.of(
                "m=audio 9 X" + " 0".repeat(max / 2) + " \r\n",
                MEDIA + "a=" + CANDIDATE + " a b".repeat(max / 4) + " c\r\n",
                MEDIA + "a=ice-ufrag:" + "x".repeat(max) + "\r\n",
                MEDIA + "a=candidate:1 1 udp 1 ::1 9 typ " + "x".repeat(max) + " \r\n")) {
            assertThatThrownBy(() -> SdpFragment.parse(malformed)).isInstanceOf(Malformed.class);
        }
    }

    @Test
    void theMediaDescriptionsHaveABound() {
        String head = HEAD + "a=ice-ufrag:EsAw\r\n" + PASSWORD;
        var media = new StringBuilder();
        for (int i = 0; i < 256; i++) {
            media.append("m=audio 9 X 0\r\na=mid:").append(i).append("\r\n");
        }
        SdpOffer offer = offer(head + media);
        String more = media + "m=audio 9 X 0\r\na=mid:256\r\n";

        assertThat(offer.media()).hasSize(256);
        assertThat(SdpFragment.parse(media + "a=" + CANDIDATE + "\r\n")
                        .of(offer)
                        .candidates())
                .hasSize(1);
        assertThatThrownBy(() -> offer(head + more)).isInstanceOf(OutOfBounds.class);
        assertThatThrownBy(() -> SdpFragment.parse(more)).isInstanceOf(OutOfBounds.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a=ice-ufrag:ysXw\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\n" + MEDIA,
                MEDIA + "a=ice-ufrag:ysXw\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\na=" + CANDIDATE + "\r\n",
                "a=ice-ufrag:ysXw\r\n"
            })
    void anotherUsernameFragmentIsAnIceRestart(String fragment) {
        assertThatThrownBy(() -> SdpFragment.parse(fragment).of(OFFER))
                .isInstanceOf(OutOfBounds.class)
                .hasMessageContaining("ICE restarts are not supported");
    }

    @Test
    void aMediaDescriptionWithoutCredentialsIsInTheIceSessionOfTheFirst() {
        assertThat(OFFER.media()).isEqualTo(List.of(new SdpOffer.Media("0", "EsAw"), new SdpOffer.Media("1", "EsAw")));
        assertThat(offer(HEAD + "a=ice-ufrag:abcd\r\n" + PASSWORD + "m=audio 9 X 0\r\n")
                        .media())
                .isEqualTo(List.of(new SdpOffer.Media(null, "abcd")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "a",
                "A=b\r\n",
                "a=b\r\r\n",
                "a=b\u0000\r\n",
                "\r\na=b\r\n",
                "c=IN IP4 0.0.0.0\r\n",
                "a=" + CANDIDATE + "\r\n",
                "a=mid:0\r\n",
                "a=mid:0\r\n" + MEDIA,
                "m=audio\r\na=mid:0\r\n",
                "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n",
                MEDIA + MEDIA,
                MEDIA + "a=mid:0\r\n",
                MEDIA + "a=ice-ufrag:abc\r\n",
                MEDIA + "a=ice-ufrag:EsAw\r\na=ice-ufrag:EsAw\r\n",
                MEDIA + "a=ice-pwd:short\r\n",
                MEDIA + "a=candidate:\r\n",
                MEDIA + "a=candidate:1 1 udp x 192.0.2.1 61764 typ host\r\n",
                MEDIA + "a=candidate:1 1 udp 1 192.0.2.1 61764 typ\r\n",
                MEDIA + "a=candidate:1 1 udp 1 192.0.2.1 61764 typ host generation\r\n",
                MEDIA + "a=candidate:1 1 udp 1 192.0.2.1 61764 typ host \u0001 0\r\n",
            })
    void aMalformedFragmentIsRejected(String fragment) {
        assertThatThrownBy(() -> SdpFragment.parse(fragment)).isInstanceOf(Malformed.class);
    }

    @Test
    void aFragmentForMediaThatIsNotOfferedIsRejected() {
        SdpFragment fragment = SdpFragment.parse("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:2\r\n");

        assertThatThrownBy(() -> fragment.of(OFFER)).isInstanceOf(Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "v=0\r\n",
                "v=1\r\no=-\r\ns=-\r\nm=audio 9 X 0\r\n",
                HEAD,
                HEAD + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n",
                HEAD + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=ice-ufrag:EsAw\r\n",
                HEAD + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=ice-ufrag:E Aw\r\n" + PASSWORD,
                HEAD + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=ice-ufrag:EsAw\r\n" + PASSWORD + "more",
            })
    void aMalformedOfferIsRejected(String sdp) {
        assertThatThrownBy(() -> offer(sdp)).isInstanceOf(Malformed.class);
    }
}
