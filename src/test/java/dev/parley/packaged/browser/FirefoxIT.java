package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.CampaignSize;
import dev.parley.TestSeed;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Firefox and Chromium connect with parley.js, change their connection, continue after a reload, meet, and form a room. */
@Tag("slow")
@ExtendWith(BrowserExtension.class)
class FirefoxIT {
    private static final Map<String, Object> MAKES = Map.of("makes", true);
    private static final int ROUNDS = CampaignSize.of("parley.firefox.rounds", 30);
    private static final int DELAY_MILLIS_MAX = 200;

    @TempDir
    Path profile;

    private Firefox browser;
    private Firefox.Tab firefox;
    private ClientPage chromium;
    private String url = "";
    private int messages;

    @BeforeEach
    void open(Pages pages) {
        assumeTrue(Firefox.isInstalled(), "No Firefox; Debian's package is called firefox-esr");
        browser = Firefox.launch(profile);
        chromium = pages.openClient("chromium").with(Map.of());
        url = chromium.page().url();
        firefox = browser.open(url);
        firefox.value("begin({})");
    }

    @AfterEach
    void close() {
        if (browser != null) {
            browser.close();
        }
    }

    @Test
    void firefoxJoinsChromium() {
        String code = chromium.host(MAKES);
        firefox.value("join('" + code + "', { makes: true })");
        assertTheyTalk();
        assertEitherSideChangesTheConnection();

        reloadFirefox();
        firefox.value("join('" + code + "', { makes: true })");
        assertTheyTalk();
    }

    @Test
    void chromiumJoinsFirefox() {
        String code = firefox.value("host({ makes: true })").asText();
        chromium.join(code, MAKES);
        assertTheyTalk();
        assertEitherSideChangesTheConnection();

        reloadFirefox();
        assertThat(firefox.value("host({ makes: true })").asText()).isEqualTo(code);
        assertTheyTalk();
    }

    /** With each other and with Chromium, in both orders. */
    @Test
    void peersMeetWhoeverComesFirst() {
        firefox.value("useMeetings()");
        chromium.value("useMeetings()");
        Random random = TestSeed.of(FirefoxIT.class).random();
        for (int round = 0; round < ROUNDS; round++) {
            int delay = random.nextInt(DELAY_MILLIS_MAX);
            int[] delays = round % 2 == 0 ? new int[] {0, delay} : new int[] {delay, 0};
            String peer = "{ topic: 'between " + round + "', name: '%s', delay: %d }";
            String partner = "void (window.partner = meeting.partnerOf(" + peer + "))";
            firefox.value(partner.formatted("firefox", delays[0]));
            chromium.value(partner.formatted("chromium", delays[1]));
            assertThat(firefox.value("partner").asText())
                    .as("round %d with delays %s", round, Arrays.toString(delays))
                    .isEqualTo("chromium");
            assertThat(chromium.value("partner")).isEqualTo("firefox");

            String crowd = "{ topic: 'within " + round + "', delays: " + Arrays.toString(delays) + ", pairs: 1 }";
            assertThat(firefox.value(
                            "meeting.crowd(" + crowd + ").then(({ met }) => met.map(({ partner }) => partner))"))
                    .as("round %d with delays %s", round, Arrays.toString(delays))
                    .hasSize(2)
                    .extracting(JsonNode::asInt)
                    .containsExactlyInAnyOrder(0, 1);
        }
    }

    @Test
    void aRoomOfBothBrowsersIsFormedAgainAfterReloads(Pages pages) {
        Firefox.Tab bob = browser.open(url);
        ClientPage dan = pages.openClient("dan");
        enter("ada", firefox::value);
        enter("bob", bob::value);
        enter("cleo", chromium::value);
        enter("dan", dan::value);
        assertFormed(bob, dan);

        bob.navigate(url);
        enter("bob", bob::value);
        assertFormed(bob, dan);

        dan.reload();
        enter("dan", dan::value);
        assertFormed(bob, dan);

        firefox.value("room.send('hello')");
        bob.await("heard.includes('ada: hello')");
        chromium.await("heard.includes('ada: hello')");
        dan.await("heard.includes('ada: hello')");
    }

    private static void enter(String name, Consumer<String> page) {
        page.accept("useMeetings()");
        page.accept("meeting.enter('tea', { peerId: '" + name + "', data: '" + name + "' })");
    }

    private void assertFormed(Firefox.Tab bob, ClientPage dan) {
        firefox.await("members() === 'bob,cleo,dan'");
        bob.await("members() === 'ada,cleo,dan'");
        chromium.await("members() === 'ada,bob,dan'");
        dan.await("members() === 'ada,bob,cleo'");
    }

    private void reloadFirefox() {
        firefox.navigate(url);
        firefox.value("begin({})");
    }

    private void assertTheyTalk() {
        messages++;
        firefox.await("channel.readyState === 'open'");
        chromium.say("ping " + messages);
        firefox.await("received.includes('ping " + messages + "')");
        firefox.value("channel.send('pong " + messages + "')");
        chromium.awaitMessage("pong " + messages);
    }

    private void assertEitherSideChangesTheConnection() {
        firefox.value("(pc.addTransceiver('audio'), session.renegotiate())");
        chromium.value("(pc.addTransceiver('video'), session.renegotiate())");
        for (int i = 0; i < 5; i++) { // both at once
            chromium.page().evaluate("() => void (window.negotiated = session.renegotiate())");
            firefox.value("session.renegotiate()");
            chromium.value("negotiated");
        }
        assertThat(firefox.value("pc.getTransceivers().filter(({ mid }) => mid !== null).length")
                        .asInt())
                .isEqualTo(2);
        assertTheyTalk();

        firefox.value("session.restart()");
        assertTheyTalk();
    }
}
