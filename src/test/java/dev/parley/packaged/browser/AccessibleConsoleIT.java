package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ForcedColors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The console page in each state and condition: axe-core reports no violation, no elements overlap, and nothing exceeds the screen width.
 * Screenshots are in {@code target/browser}.
 */
@Tag("slow")
@ExtendWith(BrowserExtension.class)
class AccessibleConsoleIT {
    private static final String AXE = resource("/axe.min.js");
    private static final String LAYOUT = resource("/browser/layout.js");

    private static final String VIOLATIONS = """
            async () => {
              const { violations } = await axe.run({ rules: { "target-size": { enabled: true } } });
              return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}: ${node.failureSummary}`));
            }
            """;

    /** A topic of maximum length, of many words and one long word. */
    private static final String LONG_TOPIC = "a topic of many words, ".repeat(22) + "x".repeat(1_024 - 22 * 23);

    private static final String LONG_MESSAGE = "A message of many words, and one " + "long".repeat(40);

    @SuppressWarnings("ImmutableEnumChecker") // a lambda that captures nothing does not change
    private enum Condition {
        LIGHT(device -> device),
        DARK(device -> device.setColorScheme(ColorScheme.DARK)),
        FORCED_COLOURS(device -> device.setForcedColors(ForcedColors.ACTIVE).setColorScheme(ColorScheme.DARK)),
        NARROW(device -> device.setViewportSize(320, 700)),
        TEXT_200(
                device -> device,
                "const sheet = new CSSStyleSheet();"
                        + " sheet.replaceSync('html { font-size: 200% }');"
                        + " document.adoptedStyleSheets = [sheet];"),
        RIGHT_TO_LEFT_NARROW(device -> device.setViewportSize(320, 700), "document.documentElement.dir = 'rtl';");

        private final UnaryOperator<NewContextOptions> device;
        private final String script;

        Condition(UnaryOperator<NewContextOptions> device) {
            this(device, "");
        }

        /** @param script runs when the page has been parsed */
        Condition(UnaryOperator<NewContextOptions> device, String script) {
            this.device = device;
            this.script = script;
        }

        ConsolePage open(Pages pages, String name) {
            NewContextOptions desktop = new NewContextOptions().setViewportSize(1280, 900);
            ConsolePage page = pages.openConsole(name, device.apply(desktop));
            page.page().addInitScript("addEventListener('DOMContentLoaded', () => { " + script + " });");
            return page;
        }
    }

    @ParameterizedTest
    @EnumSource
    void thePageIsAccessibleInEachState(Condition condition, Pages pages) {
        ConsolePage host = condition.open(pages, "host").go(pages.console());
        ConsolePage guest = condition.open(pages, "guest");

        assertAccessible(condition, "idle", host);

        host.startUnder(LONG_TOPIC);
        host.awaitWaiting(LONG_TOPIC);
        host.awaitStep("offerer: no more candidates");
        assertAccessible(condition, "waiting", host);

        guest.go(pages.console()).joinFromList(LONG_TOPIC);
        host.awaitConnection();
        guest.awaitConnection();
        host.say(LONG_MESSAGE);
        guest.awaitMessage(LONG_MESSAGE);
        guest.say("ok");
        host.awaitMessage("ok");
        host.awaitStep("answerer: no more candidates");
        assertAccessible(condition, "host", host);
        assertAccessible(condition, "guest", guest);
        assertThat(host.page().evaluate("() => getComputedStyle(document.querySelector('.arrow')).backgroundColor"))
                .as("the handshake shows")
                .isNotEqualTo(host.page().evaluate("() => getComputedStyle(document.body).backgroundColor"));

        guest.end();
        host.awaitStatus("The other person has left.");
        guest.go("about:blank").go(pages.console() + "#code=no-such-code");
        guest.awaitStatus("This session is no longer available: it has expired or was ended, or the link is incomplete."
                + " Ask for a new link.");
        assertAccessible(condition, "error", guest);

        String code = host.enterRoom("", "Ada", false);
        guest.enterRoom(code, "A name of many words, and one " + "x".repeat(10), false);
        guest.awaitRoomStatus("Ada is here. 2 of 4 are in the room.");
        guest.tellAll("To all: " + LONG_MESSAGE);
        host.awaitMessage("To all: " + LONG_MESSAGE);
        host.page()
                .getByText("React", new Page.GetByTextOptions().setExact(true))
                .click();
        assertAccessible(condition, "room", host);
    }

    private static void assertAccessible(Condition condition, String state, ConsolePage page) {
        String name = "console-" + condition.name().toLowerCase(Locale.ROOT) + "-" + state;
        page.screenshot(BrowserEnvironment.FOLDER.resolve(name + ".png"));
        page.page().evaluate(AXE);
        assertThat((List<?>) page.page().evaluate(VIOLATIONS)).as(name).isEmpty();
        assertThat((List<?>) page.page().evaluate(LAYOUT)).as(name).isEmpty();
    }

    private static String resource(String name) {
        try (InputStream resource = AccessibleConsoleIT.class.getResourceAsStream(name)) {
            assertThat(resource).as(name).isNotNull();
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
