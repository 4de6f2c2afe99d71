package dev.parley.packaged.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Playwright.CreateOptions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The installed Chromium without a window, for one thread. */
final class Chromium implements AutoCloseable {
    private static final double WAIT_MILLIS_MAX = 60_000;
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");

    private static final List<String> ARGUMENTS = List.of(
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--use-fake-device-for-media-stream",
            // A host candidate is then an address and not a name that only multicast DNS could resolve.
            "--disable-features=WebRtcHideLocalIpsWithMdns",
            // The loopback is a candidate too, for a machine that has no other network.
            "--allow-loopback-in-peer-connection");

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(Playwright playwright, Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    /** The first Chromium on the PATH. */
    static Optional<Path> installed() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return NAMES.stream()
                .flatMap(name -> Arrays.stream(path.split(Pattern.quote(File.pathSeparator)))
                        .map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** @param more further arguments */
    static Chromium launch(Path executable, String... more) {
        PlaywrightAssertions.setDefaultAssertionTimeout(WAIT_MILLIS_MAX);
        Playwright playwright =
                Playwright.create(new CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        try {
            Browser browser = playwright
                    .chromium()
                    .launch(new LaunchOptions()
                            .setExecutablePath(executable)
                            .setArgs(Stream.concat(ARGUMENTS.stream(), Stream.of(more))
                                    .toList()));
            return new Chromium(playwright, browser);
        } catch (RuntimeException e) {
            playwright.close();
            throw e;
        }
    }

    /** A new browser context on {@code device}: no shared cache, storage or connections. */
    BrowserContext visitor(NewContextOptions device) {
        // Only a page that may use the microphone is shown all addresses of the machine, the loopback among them.
        BrowserContext visitor = browser.newContext(device.setPermissions(List.of("microphone")));
        visitor.setDefaultTimeout(WAIT_MILLIS_MAX);
        return visitor;
    }

    @Override
    public void close() {
        playwright.close();
    }
}
