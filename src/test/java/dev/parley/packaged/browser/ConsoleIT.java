package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two visitors connect through the page that Parley serves, on different devices. Screenshots are in {@code target/browser}.
 */
@ExtendWith(BrowserExtension.class)
class ConsoleIT {
    /** Replaces every candidate of the other side by an address without a host (RFC 5737). */
    private static final String UNREACHABLE = """
            const add = RTCPeerConnection.prototype.addIceCandidate;
            RTCPeerConnection.prototype.addIceCandidate = function (init) {
              const candidate = init?.candidate?.replace(/ \\S+ \\d+ typ /, " 192.0.2.99 54321 typ ");
              return add.call(this, init && { ...init, candidate });
            };
            """;

    @Test
    void aLinkBringsTwoVisitorsTogether(Pages pages) {
        ConsolePage host = pages.openConsole("desktop", desktop(ColorScheme.LIGHT));
        ConsolePage guest = pages.openConsole("phone", phone(ColorScheme.DARK));

        String link = host.go(pages.console()).start();
        host.screenshot(BrowserEnvironment.FOLDER.resolve("console-invitation-desktop-light.png"));
        assertThat(link).startsWith(pages.console() + "#code=").contains("&bookmark=2-");
        assertThat(read(host.qrCode())).isEqualTo(link);
        guest.go(link);
        assertTheyTalk(host, guest);
        host.screenshot(BrowserEnvironment.FOLDER.resolve("console-talk-desktop-light.png"));
        guest.screenshot(BrowserEnvironment.FOLDER.resolve("console-talk-phone-dark.png"));

        assertDrawn(host);
        assertDrawn(guest);
        assertThat(guest.page().url()).as("a used invitation is not kept").isEqualTo(pages.console());

        guest.end();
        host.awaitStatus("The other person has left.");
        assertWellBehaved(pages, host, guest);
    }

    @Test
    void aVisitorWaitingUnderATopicCanBeJoined(Pages pages) {
        ConsolePage host = pages.openConsole("phone", phone(ColorScheme.LIGHT)).go(pages.console());
        ConsolePage guest =
                pages.openConsole("desktop", desktop(ColorScheme.DARK)).go(pages.console());
        guest.screenshot(BrowserEnvironment.FOLDER.resolve("console-idle-desktop-dark.png"));

        host.startUnder("tea at five");
        host.awaitStep("offerer: no more candidates");
        host.awaitWaiting("tea at five");
        host.screenshot(BrowserEnvironment.FOLDER.resolve("console-invitation-phone-light.png"));
        guest.joinFromList("tea at five");

        assertTheyTalk(host, guest);
        assertWellBehaved(pages, host, guest);
    }

    @Tag("slow")
    @Test
    void thePageWorksWithTheKeyboardAlone(Pages pages) {
        ConsolePage host = pages.openConsole("host", desktop(ColorScheme.LIGHT)).go(pages.console());
        ConsolePage guest = pages.openConsole("guest", desktop(ColorScheme.LIGHT));

        while (!(boolean) host.page().evaluate("() => document.activeElement.textContent === 'Start'")) {
            host.page().keyboard().press("Tab");
        }
        assertThat(host.page().evaluate("() => getComputedStyle(document.activeElement).outlineStyle"))
                .as("the focus shows")
                .isEqualTo("solid");
        host.page().keyboard().press("Enter");
        guest.go(host.awaitLink());
        host.awaitConnection();
        // The focus is where it is needed next.
        host.page().keyboard().type("By keyboard");
        host.page().keyboard().press("Enter");
        guest.awaitMessage("By keyboard");
    }

    @Tag("slow")
    @Test
    void anExpiredInvitationIsReported(Pages pages) {
        ConsolePage guest = pages.openConsole("guest", phone(ColorScheme.LIGHT));

        guest.go(pages.console() + "#code=no-such-code");

        guest.awaitStatus("This session is no longer available: it has expired or was ended, or the link is incomplete."
                + " Ask for a new link.");
        assertThat(guest.button("Start").isVisible()).isTrue();
    }

    @Tag("slow")
    @Test
    void aUsedInvitationIsReported(Pages pages) {
        ConsolePage host = pages.openConsole("host", desktop(ColorScheme.LIGHT));
        ConsolePage guest = pages.openConsole("guest", desktop(ColorScheme.LIGHT));
        ConsolePage late = pages.openConsole("late", phone(ColorScheme.LIGHT));

        String link = host.go(pages.console()).start();
        guest.go(link);
        host.awaitConnection();
        late.go(link);

        late.awaitStatus("Somebody else has joined this session. Ask for a new link.");
    }

    @Tag("slow")
    @Test
    void browsersWithoutANetworkPathReportIt(Pages pages) {
        ConsolePage host = pages.openConsole("host", desktop(ColorScheme.LIGHT));
        ConsolePage guest = pages.openConsole("guest", desktop(ColorScheme.LIGHT));
        for (ConsolePage visitor : List.of(host, guest)) {
            visitor.page().addInitScript(UNREACHABLE);
        }

        guest.go(host.go(pages.console()).start());

        for (ConsolePage visitor : List.of(host, guest)) {
            visitor.awaitStatus("The two browsers do not reach each other. Trying again …");
            visitor.awaitStep("connection failed");
        }
    }

    @Test
    void withoutJavaScriptThePageNamesItsRequirement(Pages pages) {
        ConsolePage visitor =
                pages.openConsole("plain", desktop(ColorScheme.LIGHT).setJavaScriptEnabled(false));

        visitor.go(pages.console());

        visitor.screenshot(BrowserEnvironment.FOLDER.resolve("console-no-javascript.png"));
        assertThat(visitor.page().locator("noscript").innerText()).contains("This page needs JavaScript");
        assertThat(visitor.button("Start").isVisible()).isFalse();
    }

    @Tag("slow")
    @Test
    void theLinkToTheOpenApiDocumentShowsIt(Pages pages) {
        ConsolePage visitor =
                pages.openConsole("reader", desktop(ColorScheme.LIGHT)).go(pages.console());

        visitor.page().getByText("OpenAPI document").click();

        visitor.page().waitForURL("**/q/openapi?format=json");
        assertThat(visitor.page().locator("body").innerText()).contains("\"openapi\"", "\"/api/v1/sessions\"");
    }

    private static void assertTheyTalk(ConsolePage host, ConsolePage guest) {
        host.awaitConnection();
        guest.awaitConnection();
        host.say("How do you do");
        guest.awaitMessage("How do you do");
        guest.say("Delighted <b>&amp;</b>");
        host.awaitMessage("Delighted <b>&amp;</b>");
    }

    private static void assertDrawn(ConsolePage page) {
        page.awaitStep("answerer: no more candidates");
        List<String> steps = page.steps();
        assertThat(steps.get(0)).isEqualTo("offerer: offer");
        assertThat(steps)
                .contains("answerer: answer", "connected", "offerer: message13 bytes")
                .anyMatch(step -> step.startsWith("offerer: candidatehost udp "))
                .anyMatch(step -> step.startsWith("answerer: candidatehost udp "));
        assertThat(steps.indexOf("answerer: answer")).isLessThan(steps.indexOf("connected"));
        assertThat(page.times()).isSorted();
    }

    private static void assertWellBehaved(Pages pages, ConsolePage... visitors) {
        for (ConsolePage visitor : visitors) {
            assertThat(visitor.complaints()).isEmpty();
            assertThat(visitor.requests())
                    .as("no request leaves the server")
                    .allMatch(url -> url.startsWith(pages.console()) || url.startsWith("blob:" + pages.console()));
            assertThat(visitor.page().evaluate("() => document.documentElement.scrollWidth <= innerWidth"))
                    .as("nothing is wider than the screen")
                    .isEqualTo(true);
        }
    }

    private static NewContextOptions desktop(ColorScheme colours) {
        return new NewContextOptions().setViewportSize(1280, 900).setColorScheme(colours);
    }

    private static NewContextOptions phone(ColorScheme colours) {
        return new NewContextOptions()
                .setViewportSize(360, 780)
                .setDeviceScaleFactor(2)
                .setIsMobile(true)
                .setHasTouch(true)
                .setColorScheme(colours)
                .setReducedMotion(ReducedMotion.REDUCE);
    }

    /** Decodes the picture of a QR code. */
    private static String read(byte[] png) {
        try {
            BufferedImage picture = ImageIO.read(new ByteArrayInputStream(png));
            int width = picture.getWidth();
            int height = picture.getHeight();
            var source = new RGBLuminanceSource(width, height, picture.getRGB(0, 0, width, height, null, 0, width));
            return new QRCodeReader()
                    .decode(new BinaryBitmap(new HybridBinarizer(source)))
                    .getText();
        } catch (Exception e) {
            throw new AssertionError("The QR code cannot be read", e);
        }
    }
}
