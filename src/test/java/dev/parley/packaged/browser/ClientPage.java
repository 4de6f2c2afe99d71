package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.Request;
import java.util.List;
import java.util.Map;

/** A peer with parley.js: {@code client.html} in a browser. Every wait has the timeout of Chromium. */
final class ClientPage {
    private final Page page;

    ClientPage(Page page) {
        this.page = page;
        page.waitForSelector("body[data-ready]");
    }

    /** The page itself, for what only one test does. */
    Page page() {
        return page;
    }

    /** Loads the page again; the former one can close what it has opened. */
    ClientPage reload() {
        page.reload();
        page.waitForSelector("body[data-ready]");
        return this;
    }

    /** Ends the process of the page, which has no time to close anything. */
    void crash() {
        try {
            page.navigate("chrome://crash");
        } catch (PlaywrightException e) {
            assertThat(e).hasMessageContaining("crash");
        }
    }

    /** As behind a proxy that does not forward WebSockets; returns this page. */
    ClientPage withoutWebSocket() {
        page.evaluate("() => (window.WebSocket = class {"
                + " constructor() { setTimeout(() => this.onclose({ code: 1006 })); }"
                + " close() {} })");
        return this;
    }

    /** Starts with a new connection and a Parley with {@code options}; returns this page. */
    ClientPage with(Map<String, Object> options) {
        page.evaluate("(options) => begin(options)", options);
        return this;
    }

    /** Hosts; returns the code. */
    String host(Map<String, Object> options) {
        return (String) page.evaluate("(options) => host(options)", options);
    }

    void join(String code) {
        join(code, Map.of());
    }

    void join(String code, Map<String, Object> options) {
        page.evaluate("([code, options]) => join(code, options)", List.of(code, options));
    }

    /** The failure of {@code promise}, an expression: name, status, type and detail. */
    @SuppressWarnings("unchecked") // as client.js has it
    Map<String, Object> failureOf(String promise) {
        return (Map<String, Object>) page.evaluate("() => failure((async () => " + promise + ")())");
    }

    void awaitConnection() {
        page.evaluate("() => session.connected");
    }

    /** Waits until {@code condition}, an expression, holds. */
    void await(String condition) {
        page.waitForFunction("() => " + condition);
    }

    Object value(String expression) {
        return page.evaluate("() => " + expression);
    }

    /** The events of the session so far, as text. */
    @SuppressWarnings("unchecked") // as client.js has it
    List<String> eventLog() {
        return (List<String>) page.evaluate("() => eventLog");
    }

    void say(String message) {
        await("channel.readyState === 'open'");
        page.evaluate("(message) => channel.send(message)", message);
    }

    void awaitMessage(String message) {
        page.waitForFunction("(message) => received.includes(message)", message);
    }

    HeldCandidates holdCandidates() {
        return HeldCandidates.on(page, ClientPage::carriesCandidates);
    }

    private static boolean carriesCandidates(Request request) {
        return request.url().endsWith("/candidates");
    }
}
