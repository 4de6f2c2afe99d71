package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.AddScriptTagOptions;
import dev.parley.CampaignSize;
import dev.parley.guides.Guide;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JavaScript of the README and of the guide, pasted into two pages. */
@ExtendWith(BrowserExtension.class)
class ReadmeBrowserIT {
    private static final int RUNS = CampaignSize.of("parley.readme.runs", 4);
    private static final String SERVICE_IN_LINES = "http://127.0.0.1:8080";

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "src/site/markdown/browser-client.md"})
    void theLinesConnectTwoPages(String document, Pages pages) {
        Guide guide = Guide.read(Path.of(document));
        String host = guide.block("js host");
        // Both use the same first lines.
        String guest = host.substring(0, host.indexOf("const session = ")) + guide.block("js guest");
        for (int run = 0; run < RUNS; run++) {
            Page hostPage = pages.openClient("host-" + run).page();
            Page guestPage = pages.openClient("guest-" + run).page();
            List<String> printedByHost = consoleOf(hostPage);
            List<String> printedByGuest = consoleOf(guestPage);

            if (run % 2 == 0) {
                paste(hostPage, host);
                paste(guestPage, guest);
            } else {
                guestPage.waitForResponse(
                        response -> response.url().contains("?topic=chess") && response.ok(),
                        () -> paste(guestPage, guest));
                paste(hostPage, host);
            }
            hostPage.waitForCondition(() -> !printedByHost.isEmpty());
            guestPage.waitForCondition(() -> !printedByGuest.isEmpty());

            assertThat(printedByHost).as("console of the host in run %s", run).containsExactly("e5");
            assertThat(printedByGuest).as("console of the guest in run %s", run).containsExactly("e4");
            hostPage.navigate("about:blank"); // ends its connection
            guestPage.navigate("about:blank");
        }
    }

    /** What the page writes to its console, errors included. */
    private static List<String> consoleOf(Page page) {
        var lines = new CopyOnWriteArrayList<String>();
        page.onConsoleMessage(message -> lines.add(message.text()));
        page.onPageError(lines::add);
        return lines;
    }

    /** Runs {@code lines} as a module that uses the service of the tests. */
    private static void paste(Page page, String lines) {
        assertThat(lines).contains(SERVICE_IN_LINES);
        String service = (String) page.evaluate("() => service");
        page.addScriptTag(
                new AddScriptTagOptions().setType("module").setContent(lines.replace(SERVICE_IN_LINES, service)));
    }
}
