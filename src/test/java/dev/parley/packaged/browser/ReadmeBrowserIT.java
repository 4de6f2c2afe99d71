package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.AddScriptTagOptions;
import dev.parley.CampaignSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The README's lines for a browser, pasted into two pages as a newcomer does. {@code -Dparley.readme.runs=50} repeats that. */
@ExtendWith(BrowserExtension.class)
class ReadmeBrowserIT {
    private static final int RUNS = CampaignSize.of("parley.readme.runs", 4);
    private static final String SERVICE_OF_README = "http://127.0.0.1:8080";
    private static final Pattern HOST = Pattern.compile("```js host\n(.*?\n)(const session = .*?)```", Pattern.DOTALL);
    private static final Pattern GUEST = Pattern.compile("```js guest\n(.*?)```", Pattern.DOTALL);

    @Test
    void theLinesOfTheReadmeConnectTwoPages(Pages pages) throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        Matcher hosting = found(HOST, readme);
        String host = hosting.group(1) + hosting.group(2);
        String guest = hosting.group(1) + found(GUEST, readme).group(1);

        for (int run = 0; run < RUNS; run++) {
            Page hostPage = pages.openClient("host-" + run).page();
            Page guestPage = pages.openClient("guest-" + run).page();
            List<String> heardByHost = consoleOf(hostPage);
            List<String> heardByGuest = consoleOf(guestPage);

            if (run % 2 == 0) {
                paste(hostPage, host);
                paste(guestPage, guest);
            } else {
                guestPage.waitForResponse(
                        response -> response.url().contains("?topic=chess") && response.ok(),
                        () -> paste(guestPage, guest));
                paste(hostPage, host);
            }
            hostPage.waitForCondition(() -> !heardByHost.isEmpty());
            guestPage.waitForCondition(() -> !heardByGuest.isEmpty());

            assertThat(heardByHost).as("console of the host in run %s", run).containsExactly("e5");
            assertThat(heardByGuest).as("console of the guest in run %s", run).containsExactly("e4");
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
        assertThat(lines).contains(SERVICE_OF_README);
        String service = (String) page.evaluate("() => service");
        page.addScriptTag(
                new AddScriptTagOptions().setType("module").setContent(lines.replace(SERVICE_OF_README, service)));
    }

    private static Matcher found(Pattern pattern, String readme) {
        Matcher matcher = pattern.matcher(readme);
        assertThat(matcher.find()).as("%s in README.md", pattern).isTrue();
        return matcher;
    }
}
