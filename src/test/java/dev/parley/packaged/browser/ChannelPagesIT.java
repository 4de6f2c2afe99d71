package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Over plain HTTP a browser has at most six connections to a host that wait; channels do not count among them. One page with many
 * sessions, and many tabs of one browser, all receive their events.
 */
@ExtendWith(BrowserExtension.class)
class ChannelPagesIT {
    private static final int SESSIONS = 12;
    private static final int TABS = 8;

    /** The client of the channel in a page. */
    private static final String SCRIPT = """
            (url) => new Promise((resolve, reject) => {
              const socket = new WebSocket(url, "parley.v1");
              const replies = new Map();
              window.events = {};
              window.call = (op, fields) => new Promise((settle) => {
                const id = replies.size + 1;
                replies.set(id, settle);
                socket.send(JSON.stringify({ id, op, ...fields }));
              });
              socket.onmessage = ({ data }) => {
                const message = JSON.parse(data);
                if (message.id) {
                  replies.get(message.id)(message);
                } else {
                  (events[message.code] ??= []).push(...message.events.map(({ seq, type }) => `${seq} ${type}`));
                }
              };
              socket.onopen = () => resolve(socket.protocol);
              socket.onclose = reject;
            })""";

    @Test
    void twelveSessionsOfOnePageReceiveTheirAnswers(Pages pages) {
        Page host = channel(pages, pages.openTabs("host", 1).get(0));
        Page guest = channel(pages, pages.openTabs("guest", 1).get(0));
        List<String> codes = open(host, SESSIONS);

        answer(guest, codes);

        codes.forEach(code -> awaitAnswer(host, code));
    }

    @Test
    void eightTabsReceiveTheirAnswers(Pages pages) {
        List<Page> tabs = pages.openTabs("tab", TABS);
        tabs.forEach(tab -> channel(pages, tab));
        Page guest = channel(pages, pages.openTabs("guest", 1).get(0));
        List<String> codes = tabs.stream().map(tab -> open(tab, 1).get(0)).toList();

        answer(guest, codes);

        IntStream.range(0, TABS).forEach(i -> awaitAnswer(tabs.get(i), codes.get(i)));
    }

    private static Page channel(Pages pages, Page page) {
        String url = "ws://" + pages.service().getAuthority() + "/api/v1/channel";
        assertThat(page.evaluate(SCRIPT, url)).isEqualTo("parley.v1");
        return page;
    }

    @SuppressWarnings("unchecked") // a list of codes
    private static List<String> open(Page page, int count) {
        return (List<String>) page.evaluate("""
                async (count) => {
                  const opened = Array.from({ length: count }, () => call("open", { body: { offer: "an offer" } }));
                  return (await Promise.all(opened)).map((reply) => reply.body.code);
                }""", count);
    }

    private static void answer(Page page, List<String> codes) {
        Object statuses = page.evaluate("""
                async (codes) => {
                  const answered = codes.map((code) => call("answer", { code, body: { answer: "an answer" } }));
                  return [...new Set((await Promise.all(answered)).map((reply) => reply.status))];
                }""", codes);
        assertThat(statuses).isEqualTo(List.of(201));
    }

    private static void awaitAnswer(Page page, String code) {
        page.waitForFunction("(code) => events[code]?.length > 0", code);
        assertThat(page.evaluate("(code) => events[code]", code)).isEqualTo(List.of("2 answer"));
    }
}
