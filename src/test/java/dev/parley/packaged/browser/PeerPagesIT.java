package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Request;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two pages without parley.js connect through {@code /api/v1} and through the compatible API, as a client of rondevu 0.1 uses it, in
 * whatever order the network delivers.
 */
@ExtendWith(BrowserExtension.class)
class PeerPagesIT {
    private static final String NATIVE = "native";
    private static final String RONDEVU = "rondevu";

    @ParameterizedTest
    @ValueSource(strings = {NATIVE, RONDEVU})
    void messagesAreExchangedBothWaysAndASecondAnswererIsRejected(String api, Pages pages) {
        String topic = api + "/both-ways";
        PeerPage offerer = pages.open("offerer", api);
        PeerPage answerer = pages.open("answerer", api);
        String code = offerer.offer(topic);
        assertThat(answerer.find(topic)).containsExactly(code);
        answerer.join(code);
        assertConnected(offerer, answerer);

        PeerPage second = pages.open("second", api);
        second.join(code);
        assertThat(second.awaitProblem()).startsWith("409");
        assertThat(second.find(topic)).isEmpty();
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {NATIVE, RONDEVU})
    void theAnswererMayJoinBeforeTheOfferersCandidates(String api, Pages pages) {
        PeerPage offerer = pages.open("offerer", api);
        PeerPage answerer = pages.open("answerer", api);
        HeldCandidates late = offerer.holdCandidates(PeerPagesIT::carriesCandidates);
        // The answerer's are held too, so that the late ones make the connection.
        HeldCandidates later = answerer.holdCandidates(PeerPagesIT::carriesCandidates);
        String code = offerer.offer(api + "/late-offerer");
        late.await();
        answerer.join(code);
        answerer.awaitJoined(code);
        assertThat(List.of(offerer, answerer)).noneMatch(PeerPage::isConnected);
        late.letGo();
        answerer.awaitConnection();
        later.letGo();
        assertConnected(offerer, answerer);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {NATIVE, RONDEVU})
    void candidatesMayTrickleAfterTheAnswer(String api, Pages pages) {
        PeerPage offerer = pages.open("offerer", api);
        PeerPage answerer = pages.open("answerer", api);
        HeldCandidates late = answerer.holdCandidates(PeerPagesIT::carriesCandidates);
        HeldCandidates later = offerer.holdCandidates(PeerPagesIT::carriesCandidates);
        answerer.join(offerer.offer(api + "/late-answerer"));
        offerer.awaitAnswer();
        late.await();
        assertThat(List.of(offerer, answerer)).noneMatch(PeerPage::isConnected);
        late.letGo();
        offerer.awaitConnection();
        later.letGo();
        assertConnected(offerer, answerer);
    }

    /** Chromium sends an Origin with the POST of a page to its own origin, and none with its GET; both select the same namespace. */
    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {NATIVE, RONDEVU})
    void pagesOfTheServicesOwnOriginConnectAndOtherOriginsSeeNothing(String api, Pages pages) {
        String topic = api + "/own-origin";
        PeerPage offerer = pages.openAtParley("offerer", api);
        PeerPage answerer = pages.openAtParley("answerer", api);
        PeerPage stranger = pages.openElsewhere("stranger", api);
        String code = offerer.offer(topic);
        assertThat(stranger.find(topic)).isEmpty();
        stranger.join(code);
        assertThat(stranger.awaitProblem()).startsWith("404");
        assertThat(answerer.find(topic)).containsExactly(code);
        answerer.join(code);
        assertConnected(offerer, answerer);
    }

    private static boolean carriesCandidates(Request request) {
        String body = request.postData();
        return request.url().endsWith("/candidates")
                || (request.url().endsWith("/answer") && body != null && body.contains("\"candidate\""));
    }

    /** Both exchange messages, and each has received all candidates of the other. */
    private static void assertConnected(PeerPage offerer, PeerPage answerer) {
        offerer.awaitConnection();
        answerer.awaitConnection();
        offerer.say("How do you do");
        answerer.awaitMessage("How do you do");
        answerer.say("Delighted");
        offerer.awaitMessage("Delighted");
        assertReceived(offerer, answerer.candidates());
        assertReceived(answerer, offerer.candidates());
        assertThat(List.of(offerer.problem(), answerer.problem())).containsOnly("");
    }

    private static void assertReceived(PeerPage page, List<String> candidates) {
        assertThat(page.candidatesHeard(candidates.size())).containsExactlyInAnyOrderElementsOf(candidates);
    }
}
