package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.ice.TurnSecret;
import dev.parley.ice.TurnSecret.TurnCredential;
import dev.parley.packaged.Program;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two browsers without a direct path: a real TURN server accepts the credentials of Parley, and no others. */
@Tag("slow")
@ExtendWith(BrowserExtension.class)
class RelayIT {
    private static final String API = "native";
    private static final TurnSecret ANOTHER_SECRET = new TurnSecret("a secret that coturn does not know");
    private static final TurnSecret SAME_SECRET = new TurnSecret(BrowserEnvironment.TURN_SECRET);

    @BeforeEach
    void needATurnServer() {
        Program.assumeInstalled(ServerProcess.COTURN.toString());
    }

    @Test
    void messagesAreExchangedThroughTheRelay(Pages pages) {
        PeerPage offerer = pages.openRelayed("offerer", API);
        PeerPage answerer = pages.openRelayed("answerer", API);

        answerer.join(offerer.offer("relay/each-way"));

        offerer.awaitConnection();
        answerer.awaitConnection();
        offerer.say("How do you do");
        answerer.awaitMessage("How do you do");
        answerer.say("Delighted");
        offerer.awaitMessage("Delighted");
        for (PeerPage page : List.of(offerer, answerer)) {
            assertThat(page.candidates()).isNotEmpty().allMatch(candidate -> candidate.contains(" typ relay "));
        }
    }

    @Test
    void aCredentialOfAnotherSecretIsRejectedByTheRelay(Pages pages) {
        Instant tomorrow = Instant.now().plus(Duration.ofDays(1));

        assertNoRelay(pages, ANOTHER_SECRET.credential(tomorrow, "peer"));
    }

    @Test
    void anExpiredCredentialIsRejectedByTheRelay(Pages pages) {
        Instant lately = Instant.now().minus(Duration.ofMinutes(1));

        assertNoRelay(pages, SAME_SECRET.credential(lately, "peer"));
    }

    private static void assertNoRelay(Pages pages, TurnCredential credential) {
        PeerPage offerer = pages.openRelayed("offerer", API, credential);
        offerer.offer("relay/none");

        assertThat(offerer.candidates()).isEmpty();
    }
}
