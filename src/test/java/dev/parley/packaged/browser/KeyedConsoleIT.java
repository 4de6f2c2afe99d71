package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** With keys required, the page asks for a key, and its requests and event stream include it. */
@Tag("slow")
@ExtendWith(BrowserExtension.class)
class KeyedConsoleIT {
    private static final String WRONG = "This key is invalid, expired or revoked.";

    @TempDir
    Path folder;

    @Test
    void aWrongKeyIsReportedAtOnceAndAfterAReload(Pages pages) {
        ParleyJar jar = ParleyJar.in(folder).with("PARLEY_ACCESS", "key");
        String key = jar.run("key", "create", "page", "--namespace", "chess", "--role", "observer")
                .out()
                .strip();
        try (RunningParley parley = jar.start()) {
            ConsolePage visitor = pages.openConsole("wrong-key", new NewContextOptions());

            visitor.go(parley.uri() + "/").enterKey("parley_of-somebody-else");
            visitor.awaitKeyError(WRONG);
            visitor.enterKey("ключ");
            visitor.awaitKeyError("This key is invalid: a key contains no spaces and no letters other than A to Z.");
            visitor.screenshot(BrowserEnvironment.FOLDER.resolve("console-wrong-key.png"));

            // As if the key that the tab keeps had been revoked.
            visitor.page().evaluate("() => sessionStorage.setItem('parley-key', 'parley_revoked')");
            visitor.page().reload();
            visitor.awaitKeyError(WRONG);
            assertThat(visitor.page().locator("#trouble").textContent()).isEqualTo(WRONG);

            visitor.giveKey(key); // an observer may look, and not host
            visitor.button("Start").click();
            visitor.awaitKeyError("This key does not permit this. The credential lacks the required role: peer.");
        }
    }

    @Test
    void twoVisitorsWithAKeyMeetByALink(Pages pages) {
        ParleyJar jar = ParleyJar.in(folder).with("PARLEY_ACCESS", "key");
        String key = jar.run("key", "create", "page", "--namespace", "chess", "--role", "peer")
                .out()
                .strip();
        try (RunningParley parley = jar.start()) {
            ConsolePage host = pages.openConsole("keyed-host", new NewContextOptions());
            ConsolePage guest = pages.openConsole("keyed-guest", new NewContextOptions());

            host.go(parley.uri() + "/").giveKey(key);
            guest.go(host.start());
            guest.awaitStatus("This service needs a key. Enter it above to continue.");
            guest.screenshot(BrowserEnvironment.FOLDER.resolve("console-key.png"));
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
