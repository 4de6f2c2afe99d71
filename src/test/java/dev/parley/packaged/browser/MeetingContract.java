package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Request;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two browsers meet through Parley, in whatever order the network delivers; what that asks of either API. */
@ExtendWith(BrowserExtension.class)
abstract class MeetingContract {
    private final String api;
    private String topic = "";

    /** @param api how the pages call the API that they are to speak */
    MeetingContract(String api) {
        this.api = api;
    }

    /** Whether {@code request} tells the service of candidates. */
    abstract boolean carriesCandidates(Request request);

    @BeforeEach
    void haveATopic(TestInfo test) {
        topic = api + "/" + test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void messagesAreExchangedBothWays(Pages pages) {
        PeerPage offerer = pages.open("offerer", api);
        PeerPage answerer = pages.open("answerer", api);

        String code = offerer.offer(topic);
        assertThat(answerer.find(topic)).containsExactly(code);
        answerer.join(code);

        assertTheyTalk(offerer, answerer);
        assertEachHasTheOthersCandidates(offerer, answerer);
    }

    @Test
    void theAnswererMayJoinBeforeTheOfferersCandidates(Pages pages) {
        PeerPage offerer = pages.open("offerer", api);
        PeerPage answerer = pages.open("answerer", api);
        HeldCandidates late = offerer.holdCandidates(this::carriesCandidates);
        // Without the answerer's, it is by the late ones that the two connect.
        HeldCandidates later = answerer.holdCandidates(this::carriesCandidates);

        String code = offerer.offer(topic);
        late.await();
        answerer.join(code);
        answerer.awaitJoined(code);
        assertNotConnected(offerer, answerer);

        late.letGo();
        assertTheyTalk(offerer, answerer);

        later.letGo();
        assertEachHasTheOthersCandidates(offerer, answerer);
    }

    @Test
    void candidatesMayTrickleAfterTheAnswer(Pages pages) {
        PeerPage offerer = pages.open("offerer", api);
        PeerPage answerer = pages.open("answerer", api);
        HeldCandidates late = answerer.holdCandidates(this::carriesCandidates);
        HeldCandidates later = offerer.holdCandidates(this::carriesCandidates);

        String code = offerer.offer(topic);
        answerer.join(code);
        offerer.awaitAnswer();
        late.await();
        assertNotConnected(offerer, answerer);

        late.letGo();
        assertTheyTalk(offerer, answerer);

        later.letGo();
        assertEachHasTheOthersCandidates(offerer, answerer);
    }

    @Test
    void aSecondAnswererIsRejected(Pages pages) {
        PeerPage offerer = pages.open("offerer", api);
        PeerPage first = pages.open("first", api);
        PeerPage second = pages.open("second", api);

        String code = offerer.offer(topic);
        first.join(code);
        first.awaitJoined(code);
        second.join(code);

        assertThat(second.awaitProblem()).startsWith("409");
        assertThat(second.find(topic)).isEmpty();
        assertTheyTalk(offerer, first);
    }

    @Test
    void aPageOfAnotherOriginSeesNothing(Pages pages) {
        PeerPage offerer = pages.open("offerer", api);
        PeerPage answerer = pages.open("answerer", api);
        PeerPage stranger = pages.openElsewhere("stranger", api);

        String code = offerer.offer(topic);
        assertThat(stranger.find(topic)).isEmpty();
        stranger.join(code);
        assertThat(stranger.awaitProblem()).startsWith("404");

        // It was there to be found.
        assertThat(answerer.find(topic)).containsExactly(code);
    }

    /** Chromium sends an Origin with its own site's POST, and none with its GET; both must lead to the same sessions. */
    @Test
    void pagesOfTheServicesOwnOriginMeet(Pages pages) {
        PeerPage offerer = pages.openAtParley("offerer", api);
        PeerPage answerer = pages.openAtParley("answerer", api);
        PeerPage stranger = pages.openElsewhere("stranger", api);

        String code = offerer.offer(topic);
        assertThat(answerer.find(topic)).containsExactly(code);
        assertThat(stranger.find(topic)).isEmpty();
        answerer.join(code);

        assertTheyTalk(offerer, answerer);
        assertEachHasTheOthersCandidates(offerer, answerer);
    }

    private static void assertNotConnected(PeerPage... pages) {
        assertThat(pages).noneMatch(PeerPage::isConnected);
    }

    private static void assertTheyTalk(PeerPage offerer, PeerPage answerer) {
        offerer.awaitConnection();
        answerer.awaitConnection();
        offerer.say("How do you do");
        answerer.awaitMessage("How do you do");
        answerer.say("Delighted");
        offerer.awaitMessage("Delighted");
    }

    private static void assertEachHasTheOthersCandidates(PeerPage one, PeerPage other) {
        assertHears(one, other.candidates());
        assertHears(other, one.candidates());
        assertThat(List.of(one.problem(), other.problem())).containsOnly("");
    }

    private static void assertHears(PeerPage listener, List<String> candidates) {
        assertThat(listener.candidatesHeard(candidates.size())).containsExactlyInAnyOrderElementsOf(candidates);
    }
}
