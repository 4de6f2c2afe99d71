package dev.parley.browser;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route.FetchOptions;
import com.microsoft.playwright.Route.FulfillOptions;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;

/** The pages that one test opens, each as a visitor of its own. */
final class Pages implements AutoCloseable {
    private final Stage stage;
    private final List<BrowserContext> visitors = new ArrayList<>();
    private final List<PeerPage> open = new ArrayList<>();

    Pages(Stage stage) {
        this.stage = stage;
    }

    /** A page that speaks to Parley by {@code api}, called {@code name} in screenshots. */
    PeerPage open(String name, String api) {
        return open(name, api, stage.site().origin(), visitor());
    }

    /** The same page, but served by another origin. */
    PeerPage openElsewhere(String name, String api) {
        return open(name, api, stage.otherSite().origin(), visitor());
    }

    /** The same page as if Parley itself served it, so that it calls its own origin. */
    PeerPage openAtParley(String name, String api) {
        String folder = stage.parley().uri() + "/peer";
        String folderOfSite = stage.site().origin();
        BrowserContext visitor = visitor();
        visitor.route(folder + "/**", route -> {
            String url = route.request().url().replace(folder, folderOfSite);
            route.fulfill(new FulfillOptions().setResponse(route.fetch(new FetchOptions().setUrl(url))));
        });
        return open(name, api, folder, visitor);
    }

    private BrowserContext visitor() {
        BrowserContext visitor = stage.chromium().visitor();
        visitors.add(visitor);
        return visitor;
    }

    private PeerPage open(String name, String api, String folder, BrowserContext visitor) {
        Page page = visitor.newPage();
        String service = URLEncoder.encode(stage.parley().uri().toString(), UTF_8);
        page.navigate(folder + "/peer.html?api=" + api + "&service=" + service);
        var peer = new PeerPage(name, page);
        open.add(peer);
        return peer;
    }

    void screenshot(String test) {
        open.forEach(page -> page.screenshot(Stage.FOLDER.resolve(test + "-" + page.name() + ".png")));
    }

    @Override
    public void close() {
        visitors.forEach(BrowserContext::close);
    }
}
