package dev.parley.packaged.browser;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.Route.FetchOptions;
import com.microsoft.playwright.Route.FulfillOptions;
import dev.parley.ice.TurnSecret.TurnCredential;
import java.net.URI;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The pages of one test, each in its own browser context. */
final class Pages implements AutoCloseable {
    private final BrowserEnvironment stage;
    private final List<BrowserContext> visitors = new ArrayList<>();
    private final Map<String, Page> open = new LinkedHashMap<>();

    Pages(BrowserEnvironment stage) {
        this.stage = stage;
    }

    /** A page that calls {@code api}; {@code name} is its name in screenshots. */
    PeerPage open(String name, String api) {
        return open(name, api, stage.site().origin(), visitor());
    }

    /** The same page served by another origin. */
    PeerPage openElsewhere(String name, String api) {
        return open(name, api, stage.otherSite().origin(), visitor());
    }

    /** The same page with the origin of Parley. */
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

    /** A page of another site that uses the parley.js of the service. */
    ClientPage openClient(String name) {
        return openClient(name, stage.parley().uri());
    }

    /** Tabs of one browser, with a page of another site than the service's. */
    List<Page> openTabs(String name, int count) {
        BrowserContext visitor = visitor();
        return IntStream.range(0, count)
                .mapToObj(
                        i -> open(name + i, visitor, stage.site().origin() + "/client.html?" + serviceQuery(service())))
                .toList();
    }

    /** The service that all tests share. */
    URI service() {
        return stage.parley().uri();
    }

    /** The same with the parley.js of {@code service}. */
    ClientPage openClient(String name, URI service) {
        return new ClientPage(open(name, visitor(), stage.site().origin() + "/client.html?" + serviceQuery(service)));
    }

    /** A visitor of the console page, on {@code device}. */
    ConsolePage openConsole(String name, NewContextOptions device) {
        return new ConsolePage(blank(name, visitor(device)));
    }

    /** The URL of the console page. */
    String console() {
        return stage.parley().uri() + "/";
    }

    /** A page that connects through a TURN server only. */
    PeerPage openRelayed(String name, String api) {
        return open(name, api + "&relay", stage.site().origin(), visitor());
    }

    /** The same with another credential than the service returned. */
    PeerPage openRelayed(String name, String api, TurnCredential credential) {
        BrowserContext visitor = visitor();
        visitor.route("**/api/v1/ice-servers", route -> {
            APIResponse granted = route.fetch();
            String body = granted.text()
                    .replaceAll("(\"username\":\")[^\"]*", "$1" + credential.username())
                    .replaceAll("(\"credential\":\")[^\"]*", "$1" + credential.password());
            route.fulfill(new FulfillOptions().setResponse(granted).setBody(body));
        });
        return open(name, api + "&relay", stage.site().origin(), visitor);
    }

    /** A page of another site. */
    Page openPage(String name, String url) {
        return open(name, visitor(), url);
    }

    private BrowserContext visitor() {
        return visitor(new NewContextOptions());
    }

    private BrowserContext visitor(NewContextOptions device) {
        BrowserContext visitor = stage.chromium().visitor(device);
        visitors.add(visitor);
        return visitor;
    }

    private PeerPage open(String name, String api, String folder, BrowserContext visitor) {
        String service = serviceQuery(stage.parley().uri());
        return new PeerPage(open(name, visitor, folder + "/peer.html?api=" + api + "&" + service));
    }

    private Page open(String name, BrowserContext visitor, String url) {
        Page page = blank(name, visitor);
        page.navigate(url);
        return page;
    }

    private Page blank(String name, BrowserContext visitor) {
        Page page = visitor.newPage();
        open.put(name, page);
        return page;
    }

    private static String serviceQuery(URI service) {
        return "service=" + URLEncoder.encode(service.toString(), UTF_8);
    }

    void screenshot(String test) {
        open.forEach((name, page) -> page.screenshot(new ScreenshotOptions()
                .setPath(BrowserEnvironment.FOLDER.resolve(test + "-" + name + ".png"))
                .setFullPage(true)));
    }

    /** Removes the routes first: a handler that fetches would fail when its page closes. */
    @Override
    public void close() {
        open.values().forEach(Page::unrouteAll);
        for (BrowserContext visitor : visitors) {
            visitor.unrouteAll();
            visitor.close();
        }
    }
}
