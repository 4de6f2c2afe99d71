package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.microsoft.playwright.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Either side changes a connection of parley.js at any time. */
@ExtendWith(BrowserExtension.class)
class NegotiationIT {
    private static final String UFRAG = "pc.currentLocalDescription.sdp.match(/ice-ufrag:(\\S+)/)[1]";
    private static final String SETTLED =
            "pc.signalingState === 'stable' && pc.getTransceivers().every(({ mid }) => mid !== null)";
    private static final String NO_REPLY = "The other side does not reply; its page may be closed or offline.";

    private ClientPage host;
    private ClientPage guest;

    @BeforeEach
    void open(Pages pages) {
        host = pages.openClient("host");
        guest = pages.openClient("guest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"channel", "sse", "long-poll", "poll"})
    void eitherSideAddsTracksAndChannels(String transport) {
        connect(transport);

        guest.value("(addVideo(), null)");
        host.await("receivesVideo()");
        host.value("(addVideo(), null)");
        guest.await("receivesVideo()");

        for (ClientPage page : List.of(guest, host)) {
            page.page().evaluate("""
                () => {
                  const more = pc.createDataChannel("more");
                  more.onopen = () => more.send(`more from the ${session.side}`);
                }
                """);
        }
        host.awaitMessage("more from the answerer");
        guest.awaitMessage("more from the offerer");
        assertHealthy();
    }

    /** The host has no media section for it: simulcast, a direction, codecs are the guest's. */
    @Test
    void theGuestAddsTransceivers() {
        connect("sse");

        guest.value("(pc.addTransceiver('video', { direction: 'recvonly' }), session.renegotiate())");
        assertThat(guest.value(SETTLED)).isEqualTo(true);
        assertThat(host.value("pc.getTransceivers().map(({ direction }) => direction)"))
                .isEqualTo(List.of("recvonly"));
        assertHealthy();
    }

    @Test
    void theGuestChangesMoreOftenThanAGenerationHasStringsFor() {
        connect("sse");

        guest.value("(async () => { for (let i = 0; i < 70; i++) await session.renegotiate(); })()");
        host.await("session.generation === 2");
        guest.await("session.generation === 2");
        guest.value("session.renegotiate()");
        assertHealthy();
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"channel", "sse", "long-poll", "poll"})
    void bothSidesChangeTheConnectionAtOnce(String transport) {
        connect(transport);

        for (int i = 1; i <= 20; i++) {
            for (ClientPage page : List.of(guest, host)) {
                page.page()
                        .evaluate("() => void (pc.addTransceiver('audio'), window.negotiated = session.renegotiate())");
            }
            host.value("negotiated");
            guest.value("negotiated");
            host.await(SETTLED);
            guest.await(SETTLED);
        }
        assertThat(host.value("pc.getTransceivers().length")).isEqualTo(40);
        assertThat(guest.value("pc.getTransceivers().length")).isEqualTo(40);
        assertHealthy();
    }

    @ParameterizedTest
    @ValueSource(strings = {"channel", "sse", "long-poll", "poll"})
    void theGuestRestartsIce(String transport) {
        connect(transport);
        Object[] before = {host.value(UFRAG), guest.value(UFRAG)};

        guest.value("session.restart()");
        assertThat(new Object[] {host.value(UFRAG), guest.value(UFRAG)}).doesNotContainAnyElementsOf(List.of(before));
        guest.await("pc.iceConnectionState === 'connected'");
        assertHealthy();
    }

    @ParameterizedTest
    @ValueSource(strings = {"host", "guest"})
    void aNegotiationWithoutAReplyIsRejected(String side) {
        connect("sse");
        ClientPage asking = side.equals("host") ? host : guest;
        ClientPage other = side.equals("host") ? guest : host;
        other.page().route("**/api/v1/**", Route::abort);
        asking.page().clock().install();

        asking.page().evaluate("() => void (window.asked = failure(session.renegotiate()))");
        asking.await("pc.signalingState === 'have-local-offer'");
        asking.page().clock().fastForward(30_000);
        assertThat(asking.value("asked.then(({ detail }) => detail)")).isEqualTo(NO_REPLY);

        other.page().unroute("**/api/v1/**");
        asking.await("pc.signalingState === 'stable'");
        assertHealthy();
    }

    @ParameterizedTest
    @ValueSource(strings = {"restart", "renegotiate"})
    void everyCallCanBeAborted(String call) {
        connect("sse");
        for (ClientPage page : List.of(host, guest)) {
            assertThat(page.failureOf("session." + call + "({ signal: AbortSignal.abort() })"))
                    .contains(entry("name", "AbortError"));
            page.page().route("**/api/v1/**", Route::abort);
            assertThat(page.failureOf("session." + call + "({ signal: AbortSignal.timeout(100) })"))
                    .contains(entry("name", "TimeoutError"));
            page.page().unroute("**/api/v1/**");
            page.value("session." + call + "()");
        }
        host.await(SETTLED);
        guest.await(SETTLED);
        assertHealthy();

        host.value("session.close()");
        assertThat(host.failureOf("session." + call + "()")).contains(entry("name", "AbortError"));
    }

    @Test
    void theHostLearnsThePeerIdOfTheGuest() {
        host.with(Map.of());
        guest.with(Map.of());
        guest.join(host.host(Map.of("peerId", "alice")), Map.of("peerId", "bob \u00e9\ud83d\ude00"));
        host.awaitConnection();

        assertThat(guest.value("session.peerId")).isEqualTo("alice");
        host.await("session.peerId === 'bob \u00e9\ud83d\ude00'");
    }

    /** Anything that it sent could keep the host from connecting to the other guest. */
    @Test
    void aGuestThatIsTooLateHasSentNothingAndCanHost(Pages pages) {
        ClientPage late = pages.openClient("late").with(Map.of("transport", "sse"));
        String code = host.with(Map.of()).host(Map.of());
        List<Route> answers = new ArrayList<>();
        late.page().route("**/answer", answers::add);
        late.page().evaluate("(code) => void (window.refused = failure(join(code)))", code);
        late.page().waitForCondition(() -> !answers.isEmpty());
        guest.with(Map.of()).join(code);
        answers.forEach(Route::resume);

        assertThat(late.value("refused.then(({ status }) => status)")).isEqualTo(409);
        assertThat(late.value("[pc.signalingState, pc.iceGatheringState, pc.iceConnectionState]"))
                .isEqualTo(List.of("stable", "new", "new"));
        host.awaitConnection();

        guest.with(Map.of()).join(late.host(Map.of()));
        late.awaitConnection();
        late.say("Hello from the late one");
        guest.awaitMessage("Hello from the late one");
    }

    private void connect(String transport) {
        Map<String, Object> options = Map.of("transport", transport, "pollInterval", 50);
        guest.with(options).join(host.with(options).host(Map.of()));
        host.awaitConnection();
        guest.awaitConnection();
    }

    private void assertHealthy() {
        host.say("Still there?");
        guest.awaitMessage("Still there?");
        for (ClientPage page : List.of(host, guest)) {
            assertThat(page.eventLog()).noneMatch(words -> words.startsWith("problem") || words.startsWith("closed"));
        }
    }
}
