package dev.parley.packaged.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import dev.parley.packaged.NpmFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The examples in {@code src/examples}, built with the npm package of the browser client: two pages of each connect and chat. Skipped
 * without Node, npm or a registry.
 */
@ExtendWith(BrowserExtension.class)
@Tag("slow")
class ExamplesIT {
    private static final Path SOURCES = Path.of("src/examples");
    private static final Path FOLDER = Path.of("target/examples");

    @Test
    void twoPagesOfTheTypeScriptExampleChat(Pages pages) throws IOException {
        try (TestSite site = built("vite-typescript", pages)) {
            Page host = pages.openPage("host", site.origin() + "/index.html");
            String link = host.locator("#status a").getAttribute("href");
            Page guest = pages.openPage("guest", link);

            theyChat(host, guest);
        }
    }

    @Test
    void twoPagesOfTheReactExampleChat(Pages pages) throws IOException {
        try (TestSite site = built("react", pages)) {
            String address = site.origin() + "/index.html?topic=examples";

            theyChat(pages.openPage("one", address), pages.openPage("other", address));
        }
    }

    private static void theyChat(Page one, Page other) {
        for (Page page : List.of(one, other)) {
            assertThat(page.locator("#status")).hasText("Connected");
        }
        say(one, "Hello");
        assertThat(other.locator("#messages li").last()).hasText("Peer: Hello");
        say(other, "Hi");
        assertThat(one.locator("#messages li")).hasText(new String[] {"You: Hello", "Peer: Hi"});
    }

    private static void say(Page page, String text) {
        page.locator("[name=text]").fill(text);
        page.locator("#send").click();
    }

    /** Serves an example that was built for the service of the tests. */
    private static TestSite built(String name, Pages pages) throws IOException {
        String client = NpmFolder.packClient(FOLDER).toString();
        Path folder = FOLDER.resolve(name);
        copy(SOURCES.resolve(name), folder);
        Path manifest = folder.resolve("package.json");
        Files.writeString(
                manifest, Files.readString(manifest).replaceAll("file:[^\"]*/parley-client(?=\")", "file:" + client));
        Files.writeString(folder.resolve(".env"), "VITE_PARLEY=" + pages.service());
        NpmFolder.install(folder).succeed("npm", "run", "build");
        return TestSite.open(folder.resolve("dist"));
    }

    /** Copies the sources only, since the example may have been built in its own folder. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path relative = from.relativize(file);
                if (!relative.startsWith("node_modules") && !relative.startsWith("dist")) {
                    Path copy = to.resolve(relative.toString());
                    Files.createDirectories(copy.getParent());
                    Files.write(copy, Files.readAllBytes(file));
                }
            }
        }
    }
}
