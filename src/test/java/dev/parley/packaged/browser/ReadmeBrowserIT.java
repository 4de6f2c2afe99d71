package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.AddScriptTagOptions;
import dev.parley.CampaignSize;
import dev.parley.guides.Guide;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JavaScript of the README, of the guide and of the npm package, pasted into two pages. */
@ExtendWith(BrowserExtension.class)
class ReadmeBrowserIT {
    private static final int RUNS = CampaignSize.of("parley.readme.runs", 50);
    private static final String README = "README.md";
    private static final String CLIENT = "src/site/markdown/browser-client.md";
    private static final String PACKAGE = "src/main/client/README.md";
    private static final String SERVICE_IN_LINES = "http://127.0.0.1:8080";

    @Test
    void aHostAndAGuestConnect(Pages pages) {
        Guide guide = Guide.read(Path.of(CLIENT));
        String host = guide.block("js host");
        // Both use the same first lines.
        String guest = host.substring(0, host.indexOf("const session = ")) + guide.block("js guest");
        connect(pages, host, guest, "e5", "e4");
    }

    @ParameterizedTest
    @ValueSource(strings = {README, CLIENT, PACKAGE})
    void twoPeersMeet(String document, Pages pages) {
        String lines = Guide.read(Path.of(document)).block("js meet");
        connect(pages, lines, lines, "e4", "e4");
    }

    @ParameterizedTest
    @ValueSource(strings = {README, CLIENT})
    void twoPeersMeetInARoom(String document, Pages pages) {
        Guide guide = Guide.read(Path.of(document));
        String room = guide.block("js room");
        String meet = guide.block("js meet");
        String lines = room.contains("import") ? room : meet.substring(0, meet.indexOf("const pc = ")) + room;
        assertThat(room.lines()).hasSizeLessThanOrEqualTo(8);
        connect(pages, lines, lines, "Ada: hello", "Ada: hello");
    }

    /** The two sides begin in both orders. Each run has new visitors: what the former ones have kept is removed. */
    private static void connect(Pages pages, String first, String second, String firstPrints, String secondPrints) {
        ClientPage firstPage = pages.openClient("first");
        ClientPage secondPage = pages.openClient("second");
        List<String> printedByFirst = consoleOf(firstPage.page());
        List<String> printedBySecond = consoleOf(secondPage.page());
        for (int run = 0; run < RUNS; run++) {
            if (run % 2 == 0) {
                paste(firstPage.page(), first);
                paste(secondPage.page(), second);
            } else {
                paste(secondPage.page(), second);
                paste(firstPage.page(), first);
            }
            firstPage.page().waitForCondition(() -> !printedByFirst.isEmpty());
            secondPage.page().waitForCondition(() -> !printedBySecond.isEmpty());

            assertThat(printedByFirst)
                    .as("console of the first page in run %s", run)
                    .containsExactly(firstPrints);
            assertThat(printedBySecond)
                    .as("console of the second page in run %s", run)
                    .containsExactly(secondPrints);
            for (ClientPage page : List.of(firstPage, secondPage)) {
                page.value("sessionStorage.clear()");
                page.reload();
            }
            printedByFirst.clear();
            printedBySecond.clear();
        }
    }

    /** What the page writes to its console, errors included. */
    private static List<String> consoleOf(Page page) {
        var lines = new CopyOnWriteArrayList<String>();
        page.onConsoleMessage(message -> lines.add(message.text()));
        page.onPageError(lines::add);
        return lines;
    }

    /** Runs {@code lines} as a module that uses the service of the tests, also in place of the npm package. */
    private static void paste(Page page, String lines) {
        assertThat(lines).contains(SERVICE_IN_LINES);
        String service = (String) page.evaluate("() => service");
        String module =
                lines.replace("'parley-client'", "'" + service + "/parley.js'").replace(SERVICE_IN_LINES, service);
        page.addScriptTag(new AddScriptTagOptions().setType("module").setContent(module));
    }
}
