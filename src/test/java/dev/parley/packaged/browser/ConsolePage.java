package dev.parley.packaged.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ScreenshotAnimations;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The console page with a record of its requests and errors. */
final class ConsolePage {
    private static final Pattern CONNECTED = Pattern.compile("^Connected\\.");
    private static final Pattern ANYTHING = Pattern.compile(".+");

    private final Page page;
    private final List<String> requests = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();

    /** @param page an empty one */
    ConsolePage(Page page) {
        this.page = page;
        page.onRequest(request -> requests.add(request.url()));
        page.onConsoleMessage(this::noteComplaint);
        page.onPageError(complaints::add);
    }

    /** The page itself, for what only one test does. */
    Page page() {
        return page;
    }

    ConsolePage go(String url) {
        page.navigate(url);
        return this;
    }

    /** Enters the key that the page asks for, and waits for the reload. */
    void giveKey(String key) {
        page.evaluate("() => { document.isReplaced = false; }");
        enterKey(key);
        page.waitForFunction("() => document.isReplaced === undefined && document.readyState === 'complete'");
    }

    /** Enters a key that is rejected. */
    void enterKey(String key) {
        page.getByLabel("This service needs a key").fill(key);
        button("Use this key").click();
    }

    /** Waits for the reason of the rejection of a key. */
    void awaitKeyError(String words) {
        assertThat(page.locator("#key").getByRole(AriaRole.ALERT)).hasText(words);
    }

    /** Starts; returns the link for the other side. */
    String start() {
        button("Start").click();
        return awaitLink();
    }

    /** Starts under a topic that others can see. */
    void startUnder(String topic) {
        page.getByLabel("Topic").fill(topic);
        start();
    }

    String awaitLink() {
        assertThat(link()).hasValue(ANYTHING);
        page.locator("#qr[src]").evaluate("(picture) => picture.decode()");
        return link().inputValue();
    }

    /** Joins the session that waits under {@code topic}, from the list of those that wait. */
    void joinFromList(String topic) {
        waiting(topic).getByRole(AriaRole.BUTTON).click();
    }

    /** Waits until the list of those that wait shows one under {@code topic}. */
    void awaitWaiting(String topic) {
        assertThat(waiting(topic)).isVisible();
    }

    private Locator waiting(String topic) {
        return page.locator("#sessions tr").filter(new Locator.FilterOptions().setHasText(topic));
    }

    void awaitConnection() {
        assertThat(page.locator("#status")).hasText(CONNECTED);
    }

    void awaitStatus(String words) {
        assertThat(page.locator("#status")).hasText(words);
    }

    void say(String message) {
        page.getByLabel("Message", new Page.GetByLabelOptions().setExact(true)).fill(message);
        button("Send").click();
    }

    void awaitMessage(String message) {
        assertThat(page.getByRole(AriaRole.LOG).getByText(message)).isVisible();
    }

    void end() {
        button("End").click();
    }

    /**
     * Enters a room.
     *
     * @param code of the room; empty for a new one
     * @return the code
     */
    String enterRoom(String code, String name, boolean camera) {
        page.getByLabel("Room code").fill(code);
        page.getByLabel("Your name").fill(name);
        page.getByLabel("Use camera and microphone").setChecked(camera);
        button("Enter the room").click();
        assertThat(page.locator("#room-code")).hasText(ANYTHING);
        return page.locator("#room-code").textContent();
    }

    void leaveRoom() {
        button("Leave").click();
    }

    /** Waits until these are in the room, this visitor included. */
    void awaitMembers(String... names) {
        assertThat(page.locator("#members > li")).hasText(names);
    }

    /** Waits until the cameras of so many members show. */
    void awaitCameras(int count) {
        page.waitForFunction(
                "(count) => Array.from(document.querySelectorAll('#members video')).filter((video) => !video.hidden && video.videoWidth > 0)"
                        + ".length === count",
                count);
    }

    void tellAll(String message) {
        page.getByLabel("Message to the room").fill(message);
        button("Tell all").click();
    }

    void awaitRoomStatus(String words) {
        assertThat(page.locator("#room-status")).hasText(words);
    }

    void awaitStep(String step) {
        assertThat(page.locator("#steps").getByText(step)).isVisible();
    }

    /** The steps of the handshake as a screen reader has them, each without its time. */
    List<String> steps() {
        return page.locator("#steps .rails").allTextContents();
    }

    /** The times of the steps, in seconds from the beginning. */
    List<Double> times() {
        return page.locator("#steps time").allTextContents().stream()
                .map(Double::valueOf)
                .toList();
    }

    /** A picture of the QR code. */
    byte[] qrCode() {
        return page.locator("#qr").screenshot();
    }

    /** The whole page without animations. */
    void screenshot(Path file) {
        page.screenshot(
                new ScreenshotOptions().setPath(file).setFullPage(true).setAnimations(ScreenshotAnimations.DISABLED));
    }

    /** The URLs of all requests. */
    List<String> requests() {
        return requests;
    }

    /** Errors of the page, including violations of its content security policy. */
    List<String> complaints() {
        return complaints;
    }

    Locator button(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new GetByRoleOptions().setName(name).setExact(true));
    }

    private Locator link() {
        return page.getByLabel("Link for the other person");
    }

    private void noteComplaint(ConsoleMessage message) {
        // A browser complains of each 404, and the page asks for what not every service has: servers between the
        // peers.
        if (message.type().equals("error") && !message.text().contains("status of 404")) {
            complaints.add(message.text());
        }
    }
}
