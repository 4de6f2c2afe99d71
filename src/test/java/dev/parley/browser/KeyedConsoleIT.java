package dev.parley.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import dev.parley.process.ParleyJar;
import dev.parley.process.RunningParley;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Where the service asks for keys its page does, and its calls and its event stream have the key with them. */
@ExtendWith(InChromium.class)
class KeyedConsoleIT {
    @TempDir
    Path folder;

    @Test
    void twoVisitorsWithAKeyMeetByALink(Pages pages) {
        ParleyJar jar = ParleyJar.in(folder).with("PARLEY_ACCESS", "key").startingFast();
        String key = jar.run("key", "create", "page", "--namespace", "chess", "--role", "peer")
                .out()
                .strip();
        try (RunningParley parley = jar.start()) {
            ConsolePage host = pages.openConsole("keyed-host", new NewContextOptions());
            ConsolePage guest = pages.openConsole("keyed-guest", new NewContextOptions());

            host.go(parley.uri() + "/").giveKey("parley_of-somebody-else");
            host.giveKey(key); // a wrong one is asked for again
            guest.go(host.start());
            guest.awaitStatus("This service asks for a key; send it as \"Authorization: Bearer KEY\".");
            guest.screenshot(Stage.FOLDER.resolve("console-key.png"));
            guest.giveKey(key); // the invitation was not lost over that

            host.awaitConnection();
            guest.awaitConnection();
            assertThat(host.requests()).noneMatch(url -> url.contains(key));
            assertThat(host.page().evaluate("() => localStorage.length + document.cookie.length"))
                    .as("what outlives the tab")
                    .isEqualTo(0);
        }
    }
}
