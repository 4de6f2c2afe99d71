package dev.parley.packaged.browser;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Candidates that a page has sent and the network has not delivered yet. */
final class HeldCandidates {
    private final Page page;
    private final List<Route> held = new ArrayList<>();
    private boolean letGo;

    private HeldCandidates(Page page) {
        this.page = page;
    }

    /** From now on the candidates of {@code page} are held until {@link #letGo()}. */
    static HeldCandidates on(Page page, Predicate<Request> carriesCandidates) {
        var candidates = new HeldCandidates(page);
        page.route("**", route -> candidates.pass(route, carriesCandidates));
        return candidates;
    }

    private void pass(Route route, Predicate<Request> carriesCandidates) {
        if (letGo || !carriesCandidates.test(route.request())) {
            route.resume();
        } else {
            held.add(route);
        }
    }

    /** Waits until candidates are held. */
    void await() {
        page.waitForCondition(() -> !held.isEmpty());
    }

    void letGo() {
        letGo = true;
        held.forEach(Route::resume);
    }
}
