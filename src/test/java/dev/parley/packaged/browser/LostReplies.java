package dev.parley.packaged.browser;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A network that delivers requests and loses the first reply to each of some paths. */
final class LostReplies {
    private final List<String> endings;
    private final Map<String, Integer> lost = new TreeMap<>();

    private LostReplies(List<String> endings) {
        this.endings = endings;
    }

    /** From now on {@code page} loses the first reply to a write whose path ends with each of {@code endings}. */
    static LostReplies on(Page page, String... endings) {
        var replies = new LostReplies(Arrays.asList(endings));
        page.route("**/api/v1/**", replies::pass);
        return replies;
    }

    /** The endings of the paths whose replies were lost, with their status. */
    Map<String, Integer> lost() {
        return lost;
    }

    private void pass(Route route) {
        String ending = endings.stream()
                .filter(route.request().url()::endsWith)
                .filter(end -> !lost.containsKey(end))
                .findFirst()
                .orElse("");
        if (ending.isEmpty()
                || List.of("GET", "OPTIONS").contains(route.request().method())) {
            route.resume();
            return;
        }
        lost.put(ending, route.fetch().status());
        route.abort();
    }
}
