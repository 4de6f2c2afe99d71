package dev.parley.packaged.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.AriaRole;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** A peer: {@code peer.html} in a browser. Every wait has the timeout of Chromium. */
final class PeerPage {
    private static final Pattern ANYTHING = Pattern.compile(".+");
    private static final Pattern COUNT_FOUND = Pattern.compile("\\d+ found");

    private final Page page;

    PeerPage(Page page) {
        this.page = page;
    }

    /** Opens a session under {@code topic}; returns its code. */
    String offer(String topic) {
        page.getByLabel("Topic").fill(topic);
        press("Offer");
        assertThat(shown("session")).hasText(ANYTHING);
        return shown("session").textContent();
    }

    /** The codes of the sessions that the page finds under {@code topic}. */
    List<String> find(String topic) {
        page.getByLabel("Topic").fill(topic);
        press("Find");
        assertThat(items("found").last()).hasText(COUNT_FOUND);
        List<String> found = items("found").allTextContents();
        return found.subList(0, found.size() - 1);
    }

    /** Requests to join; does not wait for the result. */
    void join(String code) {
        page.getByLabel("Code").fill(code);
        press("Join");
    }

    void awaitJoined(String code) {
        assertThat(shown("session")).hasText(code);
    }

    /** Waits until this page, an offerer, has applied the answer. */
    void awaitAnswer() {
        assertThat(shown("signaling")).hasText("stable");
    }

    void awaitConnection() {
        assertThat(shown("connection")).hasText("connected");
    }

    boolean isConnected() {
        return shown("connection").textContent().equals("connected");
    }

    void say(String message) {
        page.getByLabel("Message").fill(message);
        press("Say");
    }

    void awaitMessage(String message) {
        assertThat(items("received")).hasText(new String[] {message});
    }

    /** All candidates of this page; waits until gathering is complete. */
    List<String> candidates() {
        assertThat(shown("gathering")).hasText("complete");
        return items("ours").allTextContents();
    }

    /** The candidates of the other side; waits for {@code count} of them. */
    List<String> candidatesHeard(int count) {
        assertThat(items("theirs")).hasCount(count);
        return items("theirs").allTextContents();
    }

    HeldCandidates holdCandidates(Predicate<Request> carriesCandidates) {
        return HeldCandidates.on(page, carriesCandidates);
    }

    /** The error of the page; waits for one. */
    String awaitProblem() {
        assertThat(shown("problem")).hasText(ANYTHING);
        return problem();
    }

    /** The error of the page, or nothing. */
    String problem() {
        return shown("problem").textContent();
    }

    private void press(String button) {
        page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName(button).setExact(true))
                .click();
    }

    private Locator shown(String id) {
        return page.locator("#" + id);
    }

    private Locator items(String id) {
        return page.locator("#" + id + " > li");
    }
}
