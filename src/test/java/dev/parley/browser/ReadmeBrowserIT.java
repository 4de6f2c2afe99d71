package dev.parley.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.AddScriptTagOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The README's lines for a browser, pasted into two pages as a newcomer does. */
@ExtendWith(InChromium.class)
class ReadmeBrowserIT {
    private static final String SERVICE_OF_README = "http://127.0.0.1:8080";
    private static final Pattern HOST = Pattern.compile("```js host\n(.*?\n)(const session = .*?)```", Pattern.DOTALL);
    private static final Pattern GUEST = Pattern.compile("```js guest\n(.*?)```", Pattern.DOTALL);

    @Test
    void theLinesOfTheReadmeConnectTwoPages(Pages pages) throws IOException {
        ClientPage host = pages.openClient("host");
        ClientPage guest = pages.openClient("guest");
        String readme = Files.readString(Path.of("README.md"));
        Matcher hosting = found(HOST, readme);
        String joining = found(GUEST, readme).group(1);
        String service = (String) host.value("service");

        run(host.page(), service, hosting.group(1) + hosting.group(2));
        host.await("parleyOfReadme?.getBookmark()");
        run(guest.page(), service, hosting.group(1) + joining);

        host.await("channelOfReadme.readyState === 'open'");
        host.value("channelOfReadme.send('e4')");
        guest.await("movesOfReadme.includes('e4')");
        guest.value("channelOfReadme.send('e5')");
        host.await("movesOfReadme.includes('e5')");
    }

    /** Runs {@code lines} as a module, with what the test looks at left behind once the channel is there. */
    private static void run(Page page, String service, String lines) {
        assertThat(lines).contains(SERVICE_OF_README);
        String watched = lines.replace(SERVICE_OF_README, service).replaceFirst("(?m)^(const channel = .*)$", """
                        $1
                        Object.assign(window, { parleyOfReadme: parley, channelOfReadme: channel, movesOfReadme: [] });
                        channel.onmessage = ({ data }) => movesOfReadme.push(data);\
                        """);
        page.evaluate("() => Object.assign(window, { parleyOfReadme: null })");
        page.addScriptTag(new AddScriptTagOptions().setType("module").setContent(watched));
    }

    private static Matcher found(Pattern pattern, String readme) {
        Matcher matcher = pattern.matcher(readme);
        assertThat(matcher.find()).as("%s in README.md", pattern).isTrue();
        return matcher;
    }
}
